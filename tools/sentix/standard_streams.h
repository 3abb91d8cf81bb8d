#pragma once

namespace sentix::tools {

// Opens /dev/null as each of standard input, output and error that the process was started without. Otherwise the next
// file or socket would get its number: what is printed would go there, and libuv aborts where it is to close it. Call
// it before anything else is opened.
void open_standard_streams();

}  // namespace sentix::tools
