// The door program in C++: a line in, a line out, over fiskal.hpp alone. See conformance/README.md.
//
//     c++ -std=c++11 -I include conformance/doors/door.cpp -lfiskal -o door

#include <fiskal.hpp>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

namespace {

std::unique_ptr<fiskal::Client> client;

// The text up to the next tab, which is taken away from the line with it.
std::string word(std::string &line)
{
    const std::string::size_type tab = line.find('\t');
    const std::string first = line.substr(0, tab);
    line = tab == std::string::npos ? std::string() : line.substr(tab + 1);
    return first;
}

std::string done(std::string line)
{
    const std::string what = word(line);
    if (what == "open") {
        client.reset(new fiskal::Client(line));
        return "null";
    }
    if (what == "close") {
        client.reset();
        return "null";
    }
    if (what == "call" || what == "raw") {
        const std::string operation = word(line);  // JSON text is all that C++ hands over.
        return client->call(operation, line);
    }
    throw std::invalid_argument("this door does not know '" + what + "'");
}

}  // namespace

int main()
{
    std::string line;
    while (std::getline(std::cin, line)) {
        try {
            const std::string result = done(line);
            std::cout << "{\"result\":" << result << "}" << std::endl;
        } catch (const fiskal::Error &error) {
            std::cout << "{\"error\":" << error.json() << "}" << std::endl;
        }
    }
    return 0;
}
