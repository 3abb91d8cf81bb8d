# The pages as C++ sources: makes the library sentix_web (tools/web/pages.h) from the files in chat/ and dashboard/.
#
# The dashboard's files are put in as they are, each under its own path. The chat is one document. In the source it is
# an ordinary page: index.html names a style sheet and a script. Here both elements are
# replaced by what they name. The script becomes its modules, one after another, each after those that it imports; for
# that, an import is a statement of one line, an export begins a line, and no two modules use the same name at their top
# level.

# SHA-256 of a text in base64, as a Content-Security-Policy spells it. Three hexadecimal digits are two of base64; two
# zeros complete the last group, whose last digit is then the padding.
function(sentix_sha256_base64 result text)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(SHA256 hex "${text}")
  string(APPEND hex "00")
  foreach(position RANGE 0 63 3)
    string(SUBSTRING ${hex} ${position} 3 digits)
    math(EXPR high "0x${digits} >> 6")
    math(EXPR low "0x${digits} & 63")
    string(SUBSTRING ${alphabet} ${high} 1 high)
    string(SUBSTRING ${alphabet} ${low} 1 low)
    string(APPEND base64 ${high}${low})
  endforeach()
  string(REGEX REPLACE "A$" "=" base64 ${base64})
  set(${result} ${base64} PARENT_SCOPE)
endfunction()

function(sentix_replace_once variable element replacement)
  string(FIND "${${variable}}" "${element}" position)
  if(position EQUAL -1)
    message(FATAL_ERROR "tools/web/chat/index.html has no ${element}")
  endif()
  string(REPLACE "${element}" "${replacement}" text "${${variable}}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

function(sentix_embed_chat_page)
  set(folder ${PROJECT_SOURCE_DIR}/tools/web)
  set(modules memory.js message.js connection.js chat.js view.js main.js)
  list(TRANSFORM modules PREPEND ${folder}/chat/)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
               ${folder}/chat/index.html ${folder}/chat/chat.css ${modules})

  set(script "\n")
  foreach(module IN LISTS modules)
    file(READ ${module} text)
    string(APPEND script "${text}\n")
  endforeach()
  string(REGEX REPLACE "\nimport [^\n]*" "" script "${script}")
  string(REPLACE "\nexport " "\n" script "${script}")
  file(READ ${folder}/chat/chat.css style)
  sentix_sha256_base64(style_hash "${style}")
  sentix_sha256_base64(script_hash "${script}")

  file(READ ${folder}/chat/index.html SENTIX_CHAT_PAGE)
  sentix_replace_once(SENTIX_CHAT_PAGE "<link rel=\"stylesheet\" href=\"chat.css\">" "<style>${style}</style>")
  sentix_replace_once(SENTIX_CHAT_PAGE "<script type=\"module\" src=\"main.js\"></script>"
                      "<script type=\"module\">${script}</script>")
  string(CONCAT SENTIX_CHAT_PAGE_POLICY
    "default-src 'none'; style-src 'sha256-${style_hash}'; script-src 'sha256-${script_hash}'; "
    "connect-src 'self' ws: wss:; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
  configure_file(${folder}/pages.cpp.in ${PROJECT_BINARY_DIR}/generated/pages.cpp @ONLY)
endfunction()

function(sentix_embed_dashboard)
  set(folder ${PROJECT_SOURCE_DIR}/tools/web)
  file(GLOB files CONFIGURE_DEPENDS ${folder}/dashboard/*.css ${folder}/dashboard/*.js)
  list(PREPEND files ${folder}/dashboard/index.html)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  set(type_.html "text/html; charset=utf-8")
  set(type_.css "text/css; charset=utf-8")
  set(type_.js "text/javascript; charset=utf-8")
  foreach(file IN LISTS files)
    cmake_path(GET file FILENAME path)
    cmake_path(GET file EXTENSION LAST_ONLY extension)
    string(REGEX REPLACE "^index.html$" "" path ${path})
    file(READ ${file} text)
    string(APPEND SENTIX_DASHBOARD_FILES
           "    {\"/${path}\", \"${type_${extension}}\", R\"sentix_page(${text})sentix_page\"},\n")
  endforeach()
  configure_file(${folder}/dashboard_files.cpp.in ${PROJECT_BINARY_DIR}/generated/dashboard_files.cpp @ONLY)
endfunction()

sentix_embed_chat_page()
sentix_embed_dashboard()
add_library(sentix_web OBJECT ${PROJECT_BINARY_DIR}/generated/pages.cpp
                              ${PROJECT_BINARY_DIR}/generated/dashboard_files.cpp)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/layers/tools)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/tools ${PROJECT_BINARY_DIR}/layers/tools/tools SYMBOLIC)
target_include_directories(sentix_web PUBLIC ${PROJECT_BINARY_DIR}/layers/tools)
target_link_libraries(sentix_web PUBLIC sentix_core PRIVATE sentix_flags)
