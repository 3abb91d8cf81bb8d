#include <array>

#include "tools/sentix/config_section.h"

namespace sentix::tools {

namespace {

const std::string kCertificates = "tls.certificates.";

constexpr std::array kRows{
    Setting<core::CertificateFiles>{.key = "cert",
                                    .shape = {Kind::text, 1},
                                    .binding = bind<&core::CertificateFiles::chain>,
                                    .help = "As ssl_cert_path."},
    Setting<core::CertificateFiles>{.key = "key",
                                    .shape = {Kind::text, 1},
                                    .binding = bind<&core::CertificateFiles::key>,
                                    .help = "As ssl_key_path."},
};

void read_certificate(const ConfigFile& file, const toml::table& table, Settings& settings) {
  Settings::ListedCertificate certificate{.files = {}, .source = file.at(table, "tls.certificates")};
  read_section<core::CertificateFiles>(file, table, kCertificates, kRows, certificate.files);
  for (const auto& row : kRows) {
    if (!table.contains(row.key)) {
      file.problem(table, kCertificates + std::string(row.key), "is missing");
    }
  }
  settings.certificates.push_back(std::move(certificate));
}

}  // namespace

void read_certificates(const ConfigFile& file, const toml::node& node, Settings& settings) {
  const toml::array* const certificates = node.as_array();
  if (certificates == nullptr ||
      !std::all_of(certificates->begin(), certificates->end(), [](const toml::node& n) { return n.is_table(); })) {
    file.problem(node, "tls.certificates", "must be tables: [[tls.certificates]]");
    return;
  }
  for (const toml::node& certificate : *certificates) {
    read_certificate(file, *certificate.as_table(), settings);
  }
}

}  // namespace sentix::tools
