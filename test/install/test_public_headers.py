"""The public headers include the standard library and each other alone, and say what a callback has to be."""

import pathlib
import re
import shutil
import subprocess
import unittest

PUBLIC = pathlib.Path(__file__).resolve().parents[2] / "core/public"
STRICT = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
COMPILERS = [name for name in ("g++", "clang++") if shutil.which(name)]


def compile_set_up(compiler: str, *statements: str) -> subprocess.CompletedProcess:
    """What a compiler says to a function that sets up a server with these statements."""
    signature = "void set_up(sentix::Server& server)"
    lines = ["#include <sentix/server.h>", signature + ";", signature + " {", *statements, "}"]
    return subprocess.run([compiler, *STRICT, "-fsyntax-only", "-I", PUBLIC, "-x", "c++", "-"], input="\n".join(lines),
                          capture_output=True, text=True, check=False)


class PublicHeadersTest(unittest.TestCase):
    def test_only_the_standard_library_and_each_other(self):
        headers = sorted(PUBLIC.glob("sentix/*.h"))
        self.assertTrue(headers)
        known = {f'"sentix/{header.name}"' for header in headers}
        for header in headers:
            for included in re.findall(r"^\s*#\s*include\s+(\S+)", header.read_text(), re.MULTILINE):
                with self.subTest(header=header.name, included=included):
                    # The standard library's own headers have neither a folder nor a suffix.
                    self.assertTrue(included in known or re.fullmatch(r"<[a-z_]+>", included))

    def assert_refused(self, statement: str, sentence: str):
        for compiler in COMPILERS:
            with self.subTest(compiler=compiler, statement=statement):
                result = compile_set_up(compiler, statement)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(sentence, result.stderr)

    def test_an_authenticator_returns_exactly_what_it_may(self):
        for value in ("1", '"john"', "std::optional<bool>(false)", "std::make_unique<sentix::Principal>()",
                      "std::vector<bool>(1)[0]"):
            self.assert_refused(f"server.set_authenticator([](const sentix::Credentials&) {{ return {value}; }});",
                                "an authenticator returns exactly bool, or sentix::Principal")

    def test_callbacks_take_what_they_are_given(self):
        self.assert_refused("server.set_authenticator([](int) { return true; });",
                            "an authenticator takes a const sentix::Credentials&")
        self.assert_refused('server.on("error", [](int) {});', "a handler takes a const sentix::Event&")

    def test_a_handler_returns_nothing_or_a_verdict(self):
        self.assert_refused('server.on("error", [](const sentix::Event&) { return true; });',
                            "a handler returns nothing, or a sentix::Verdict")

    def test_callables_of_every_kind_are_taken(self):
        statements = [
            "struct Handler { sentix::Verdict operator()(const sentix::Event&) const { return {}; } };",
            "struct Application {",
            "  static void heard(const sentix::Event&) {}",
            "  static bool knows(const sentix::Credentials& given) { return sentix::equal(given[\"token\"], \"x\"); }",
            "};",
            'server.on("error", Application::heard).on("error", &Application::heard);',
            'server.on("error", Handler{}, "general");',
            "std::function<void(const sentix::Event&)> function = Application::heard;",
            "int count = 0;",
            "const auto counts = [count](const auto&) mutable { ++count; };",
            'server.on("error", function).on("error", counts).on("error", [&](const sentix::Event&) { ++count; });',
            "server.set_authenticator(Application::knows);",
            'server.set_authenticator([](const auto&) { return sentix::Principal{.user = "ann"}; });',
            "server.set_authenticator([](const auto&) { return std::nullopt; });",
            "server.set_authenticator([](const auto&) -> std::optional<sentix::Principal> { return std::nullopt; });",
            "server.set_async_authenticator([](const auto&, sentix::AuthenticationDone done) {",
            '  done(true); done(std::nullopt); done(sentix::Principal{.user = "ann"});',
            "  done(std::optional<sentix::Principal>());",
            "});",
            'server.create_channel("a", {.max_clients = 5, .persistent = true, .is_private = true, .auth = true,',
            "  .presence = true, .publish = sentix::PublishRight::anyone, .auto_create = false, .history_size = 5,",
            "  .history_ttl = std::chrono::minutes(1)});",
            "server.set_ping_interval(std::chrono::seconds(30)).set_origins({\"https://example.com\"});",
        ]
        for compiler in COMPILERS:
            with self.subTest(compiler=compiler):
                self.assertEqual(compile_set_up(compiler, *statements).stderr, "")


if __name__ == "__main__":
    unittest.main()
