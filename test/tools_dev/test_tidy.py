"""Each house rule finds what it is for, and leaves alone what is fine."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/dev"))
import tidy


def texts(path: str, text: str) -> list[str]:
    return [finding.text for finding in tidy.check(path, text)]


class TidyTest(unittest.TestCase):
    def assert_clean(self, path: str, text: str) -> None:
        self.assertEqual(texts(path, text), [])

    def assert_found(self, path: str, text: str, part: str) -> None:
        found = texts(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(part, found[0])

    def test_the_length_of_a_line(self):
        self.assert_clean("core/a.cpp", "x" * 120 + "\n")
        self.assert_found("core/a.cpp", "x" * 121 + "\n", "121 columns")
        self.assert_clean("README.md", "# Title\n" + "x" * 300 + "\n")

    def test_the_end_of_a_line_and_of_a_file(self):
        self.assert_found("core/a.cpp", "int x; \n", "white space")
        self.assert_found("core/a.cpp", "int x;\r\n", "white space")
        self.assert_found("core/a.cpp", "int x;", "no end")

    def test_tabs(self):
        self.assert_found("core/a.cpp", "\tint x;\n", "a tab")
        self.assert_clean("Makefile", "all:\n\t@true\n")

    def test_unfinished_marks(self):
        for mark in ("TO" + "DO", "FIX" + "ME", "XX" + "X"):
            self.assert_found("core/a.cpp", f"// {mark}: later\n", "unfinished")
        self.assert_clean("core/a.cpp", "// A todo list is what the page shows.\n")

    def test_paths_of_one_machine(self):
        self.assert_found("tools/dev/a.sh", "cd /ro" + "ot/sentix\n", "one machine")
        self.assert_found("tools/dev/a.sh", "cd /ho" + "me/jane/sentix\n", "one machine")
        self.assert_clean("tools/dev/a.sh", "cd build/work/there\n")

    def test_one_title_a_document(self):
        self.assert_clean("README.md", "# One\n\n## Two\n\n```\n# a comment of a shell\n```\n")
        self.assert_found("README.md", "# One\n# Two\n", "2 titles")
        self.assert_found("README.md", "no title\n", "0 titles")

    def test_pragma_once(self):
        self.assert_clean("core/a.h", "// What it is.\n#pragma once\nint f();\n")
        self.assert_found("core/a.h", "#include <string>\n#pragma once\n", "begins with #pragma once")
        self.assert_found("core/a.h", "// Only this.\n", "empty header")

    def test_layers(self):
        for folder, seen, unseen in (
            ("protocol", ["protocol"], ["auth", "channels", "core", "tools", "test"]),
            ("auth", ["protocol", "auth"], ["channels", "core", "tools"]),
            ("channels", ["protocol", "auth", "channels"], ["core", "tools"]),
            ("core", ["protocol", "auth", "channels", "core"], ["tools", "test"]),
            ("tools", ["protocol", "core", "tools"], ["test", "bench"]),
            ("test", ["protocol", "core", "tools", "test"], []),
        ):
            for other in seen:
                self.assert_clean(f"{folder}/a.cpp", f'#include "{other}/b.h"\n')
            for other in unseen:
                self.assert_found(f"{folder}/a.cpp", f'#include "{other}/b.h"\n', f"{folder} does not see {other}")

    def test_includes_by_full_path(self):
        self.assert_found("core/a.cpp", '#include "b.h"\n', "full path")
        self.assert_found("protocol/a.cpp", '#include "../core/b.h"\n', "full path")

    def test_public_headers_see_the_standard_library_only(self):
        path = "core/public/sentix/a.h"
        self.assert_clean(path, '#pragma once\n#include <string>\n#include "sentix/b.h"\n')
        for line in ('"core/b.h"', "<uv.h>", "<openssl/ssl.h>", "<sys/socket.h>"):
            self.assert_found(path, f"#pragma once\n#include {line}\n", "public headers")

    def test_banned_calls(self):
        for folder, code, part in (
            ("core", "printf(text);", "core/log.h"),
            ("auth", "std::fprintf(stderr, text);", "core/log.h"),
            ("protocol", 'std::cout << "x";', "core/log.h"),
            ("channels", "auto now = std::chrono::steady_clock::now();", "argument"),
            ("tools", "strcpy(to, from);", "memcpy"),
            ("test", "std::atoi(text);", "from_chars"),
            ("tools", "int x = rand();", "<random>"),
            ("core", "std::strerror(errno);", "generic_category"),
            ("tools", "out << std::endl;", "flush"),
            ("core", "using namespace std;", "names"),
            ("core", "#include <ranges>", "clang 14"),
            ("core", "#include <regex>", "recurses"),
            ("core", "thread.detach();", "join"),
        ):
            self.assert_found(f"{folder}/a.cpp", code + "\n", part)

    def test_what_only_looks_banned(self):
        for path, code in (
            ("tools/a.cpp", "std::printf(text);"),
            ("core/a.cpp", "auto now = std::chrono::steady_clock::now();"),
            ("core/a.cpp", "// printf( is not called here."),
            ("core/a.cpp", 'say("rand()");'),
            ("core/a.cpp", "generator.rand();"),
            ("core/a.cpp", "operand(1);"),
            ("core/a.cpp", "mine::rand();"),
        ):
            self.assert_clean(path, code + "\n")

    def test_the_length_of_a_function(self):
        body = "  step();\n"
        fits = "void f() {\n" + body * 68 + "}\n"
        self.assert_clean("core/a.cpp", fits)
        self.assert_found("core/a.cpp", "void f() {\n" + body * 69 + "}\n", "a function of 71 lines")
        self.assert_clean("core/a.cpp", "namespace a {\n" + fits + fits + "}\n")
        self.assert_clean("core/a.cpp", "struct Table {\n" + body * 90 + "};\n")
        self.assert_clean("core/a.cpp", "constexpr Row kRows[] = {\n" + body * 90 + "};\n")
        self.assert_clean("core/a.h", "#pragma once\n//   for (;;) {\nclass A {\n" + body * 90 + "};\n")
        head = "A::A(int a)\n    : a_(a),\n      b_(a) {\n  if (a) {\n    b();\n  }\n"
        self.assert_clean("core/a.cpp", head + body + "}\n\nvoid g() {\n" + body * 66 + "}\n")
        self.assert_found("core/a.cpp", head + body * 66 + "}\n", "a function of 73 lines")
        member = "class A {\n  void f() {\n" + "  " * 2 + "step();\n" + body * 69 + "  }\n};\n"
        self.assert_found("core/a.h", "#pragma once\n" + member, "a function of 72 lines")

    def test_generated_files_are_left_alone(self):
        self.assert_clean("test/e2e/browser/package-lock.json", '{\t"a": "TO' + 'DO"}')


if __name__ == "__main__":
    unittest.main()
