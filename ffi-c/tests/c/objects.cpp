// The objects of fiskal.hpp: they move, free themselves, throw, and abort what was not completed.

#include "fiskal.hpp"

#include <cstdlib>
#include <iostream>
#include <type_traits>

#define CHECK(condition)                                                         \
    do {                                                                         \
        if (!(condition)) {                                                      \
            std::cerr << __FILE__ << ":" << __LINE__ << ": " #condition "\n";    \
            std::exit(1);                                                        \
        }                                                                        \
    } while (0)

static_assert(!std::is_copy_constructible<fiskal::Client>::value, "a client moves only");
static_assert(!std::is_copy_constructible<fiskal::Sale>::value, "a sale moves only");
static_assert(!std::is_copy_constructible<fiskal::Receipt>::value, "a receipt moves only");
static_assert(std::is_nothrow_move_constructible<fiskal::Client>::value, "a client moves");
static_assert(std::is_nothrow_move_assignable<fiskal::Sale>::value, "a sale moves");
static_assert(std::is_copy_constructible<fiskal::Error>::value, "what is thrown can be copied");

static bool is_open(fiskal::Client &client, const std::string &id)
{
    return client.call("sale.list").find("\"" + id + "\"") != std::string::npos;
}

static void a_sale_is_completed(fiskal::Client &client)
{
    auto sale = client.sale_json("{\"register\": \"till-1\", \"id\": \"cpp-1\"}");
    sale.add("Croissant", "2", "1.20", "5.5");
    sale.add_json(R"({"text": "Tea", "quantity": 1, "unit_price": "1.50", "vat": "10"})");
    sale.pay("cash", "3.90");
    sale.set_json(R"({"cashier": null})");
    const auto receipt = sale.complete("R-1");
    CHECK(receipt.state() == FISKAL_SIGNED);
    CHECK(receipt.get("totals.gross") == "3.90");
    CHECK(receipt.get("series") == "" && receipt.get("series", "none") == "none");
    CHECK(receipt.has("number") && !receipt.has("series"));
    CHECK(receipt.count("items") == 2 && receipt.count("nothing") == 0);
    CHECK(receipt.qr().empty());
    CHECK(receipt.print().find("Croissant") != std::string::npos);
    CHECK(receipt.json().find("\"cpp-1\"") != std::string::npos);
    CHECK(sale.complete().get("id") == receipt.get("id"));
    CHECK(client.receipt(receipt.get("id")).get("number") == "R-1");
}

static void what_is_not_completed_is_aborted(fiskal::Client &client)
{
    std::string thrown_over, moved, kept;
    try {
        auto sale = client.sale("till-1");
        thrown_over = sale.id();
        CHECK(is_open(client, thrown_over));
        sale.add("Tea", "1", "2,40", "20");
        CHECK(false);
    } catch (const fiskal::Error &error) {
        CHECK(error.status() == FISKAL_INVALID);
        CHECK(error.kind() == "invalid");
        CHECK(error.pointer() == "/items/0/unit_price");
        CHECK(error.message() == error.what() && !error.message().empty());
        CHECK(!error.retryable());
        CHECK(error.json().find("\"pointer\"") != std::string::npos);
        CHECK(error.get("http_status", "-") == "-");
    }
    CHECK(!is_open(client, thrown_over));
    {
        auto first = client.sale("till-1");
        auto second = client.sale("till-1");
        moved = second.id();
        second = std::move(first);
        CHECK(!is_open(client, moved));
        auto third = std::move(second);
        moved = third.id();
        third.abort("enough");
    }
    CHECK(!is_open(client, moved));
    {
        auto sale = client.sale("till-1");
        sale.add("Tea", "1", "2.40", "20");
        sale.save();
        kept = sale.id();
    }
    CHECK(is_open(client, kept));
    {
        auto sale = client.resume(kept);
    }
    CHECK(is_open(client, kept));
    client.resume(kept).abort();
    CHECK(!is_open(client, kept));
}

static void what_fails_is_thrown(fiskal::Client &client)
{
    try {
        client.call("sale.finish");
        CHECK(false);
    } catch (const std::exception &error) {
        CHECK(std::string(error.what()).find("did you mean") != std::string::npos);
    }
    fiskal::Client moved(std::move(client));
    moved.close();
    moved.close();
    try {
        moved.sale("till-1");
        CHECK(false);
    } catch (const fiskal::Error &error) {
        CHECK(error.status() == FISKAL_CLOSED);
    }
    try {
        fiskal::Client::open_json("{}");
        CHECK(false);
    } catch (const fiskal::Error &error) {
        CHECK(error.status() == FISKAL_CONFIG);
    }
}

static void the_log_is_heard(const std::string &config)
{
    int heard = 0;
    fiskal::set_logger(
        [&heard](int32_t level, const std::string &target, const std::string &message) {
            CHECK(level >= FISKAL_LOG_ERROR && target.find("fiskal") == 0 && !message.empty());
            heard += 1;
            throw heard;
        },
        FISKAL_LOG_TRACE);
    fiskal::Client(config).call("provision");
    fiskal::set_logger(nullptr);
    CHECK(heard > 0);
    const int before = heard;
    fiskal::Client(config).call("status");
    CHECK(heard == before);
}

int main(int, char **argv)
{
    the_log_is_heard(argv[1]);
    fiskal::Client client(argv[1]);
    CHECK(fiskal::utf8_from(1252, "Caf\xE9 \x80") == "Caf\xC3\xA9 \xE2\x82\xAC");
    a_sale_is_completed(client);
    what_is_not_completed_is_aborted(client);
    what_fails_is_thrown(client);
    return 0;
}
