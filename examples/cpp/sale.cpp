/*
 * A sale at a till, in C++. From the repository's folder, with a configuration as in the README:
 *
 *     cargo build -p fiskal-ffi && ln -sf libfiskal.so target/debug/libfiskal.so.0
 *     c++ -std=c++11 -Iinclude examples/cpp/sale.cpp -o till -Ltarget/debug -lfiskal -Wl,-rpath,$PWD/target/debug
 *     ./till fiskal.toml R-2026-0001
 */

#include "fiskal.hpp"

#include <fstream>
#include <iostream>

static void sell(fiskal::Client &client, const std::string &number)
{
    // Aborted if something throws before it is completed.
    auto sale = client.sale("till-1");
    sale.add("Croissant", "2", "1.20", "5.5");
    sale.add("Caf\xC3\xA9", "1", "1.50", "10");
    sale.pay_json(R"({"method": "cash", "amount": "3.90", "tendered": "5.00"})");
    const auto receipt = sale.complete(number);

    std::cout << receipt.print(FISKAL_PAPER_TEXT, 42);
    const auto qr = receipt.qr(FISKAL_IMAGE_PNG, 4);
    if (!qr.empty()) {
        std::ofstream("qr.png", std::ios::binary) << qr;
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        std::cerr << "usage: " << argv[0] << " CONFIG NUMBER\n";
        return 2;
    }
    try {
        fiskal::Client client(argv[1]);
        sell(client, argv[2]);
    } catch (const fiskal::Error &error) {
        std::cerr << error.kind() << ": " << error.message() << "\n";
        return 1;
    }
    return 0;
}
