#pragma once

// The web pages of the binary: the chat of tools/web/chat/, its style and its script in one document that loads
// nothing else, for `/` of the public listener; and the dashboard of tools/web/dashboard/, file by file, for the admin
// listener. The build makes these texts (embed.cmake); they live as long as the process, and any thread may read them.

#include <span>
#include <string_view>

#include "core/admin/admin_options.h"

namespace sentix::tools {

/// The whole HTML document, in UTF-8: to be served as `text/html; charset=utf-8`.
std::string_view chat_page();

/// The value of the `Content-Security-Policy` header that must come with it. It names the inline style and script by
/// their SHA-256, so nothing else can ever run in the page; a changed page has another policy.
std::string_view chat_page_policy();

/// The dashboard's files, of which the first is the page, at "/".
std::span<const core::AdminFile> dashboard_files();

}  // namespace sentix::tools
