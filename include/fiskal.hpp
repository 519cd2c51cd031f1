/*
 * libfiskal for C++11 and later, on top of fiskal.h: objects that free themselves, and exceptions.
 *
 *     fiskal::Client client("fiskal.toml");
 *     auto sale = client.sale("till-1");
 *     sale.add("Croissant", "2", "1.20", "5.5");
 *     sale.pay("cash", "2.40");
 *     auto receipt = sale.complete("R-2026-0001");
 *     std::cout << receipt.get("signature") << "\n";
 *
 * Text is UTF-8. Amounts are decimals in text, never floating point numbers. A call that fails throws
 * fiskal::Error. What fiskal.h says of threads, fork and linking holds here, too.
 */

#ifndef FISKAL_HPP
#define FISKAL_HPP

#include "fiskal.h"

#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

namespace fiskal {

/** What went wrong: thrown by every call that fails. */
class Error : public std::runtime_error {
public:
    /** Takes over an error object of C. */
    Error(fiskal_status status, fiskal_error *error)
        : std::runtime_error(error != nullptr ? fiskal_error_message(error) : fiskal_status_name(status)),
          status_(status), error_(error, fiskal_error_free)
    {
    }

    /** The status of C, such as FISKAL_INVALID. */
    fiskal_status status() const { return status_; }

    /** The kind of error, such as "invalid". */
    std::string kind() const { return fiskal_error_kind(error_.get()); }

    /** One sentence that says what happened and what to do; what() has it, too. */
    std::string message() const { return what(); }

    /** The JSON pointer to the field of the input, such as "/items/0/vat"; "" where there is none. */
    std::string pointer() const { return get("pointer"); }

    /** Whether the same call may succeed later without a change by the caller. */
    bool retryable() const { return fiskal_error_retryable(error_.get()) != 0; }

    /** A member of the JSON, such as "http_status" or "receipt.id"; `otherwise` where it is absent. */
    std::string get(const std::string &path, const std::string &otherwise = std::string()) const
    {
        const char *text = fiskal_error_get(error_.get(), path.c_str());
        return text != nullptr ? text : otherwise;
    }

    /** The whole error as JSON. */
    std::string json() const { return fiskal_error_json(error_.get()); }

private:
    fiskal_status status_;
    std::shared_ptr<fiskal_error> error_;
};

namespace detail {

/** An error object that C writes to; thrown when the status is not FISKAL_OK. */
class Outcome {
public:
    Outcome() : error_(nullptr) {}
    Outcome(const Outcome &) = delete;
    Outcome &operator=(const Outcome &) = delete;

    fiskal_error **error() { return &error_; }

    void check(fiskal_status status) const
    {
        if (status != FISKAL_OK) {
            throw Error(status, error_);
        }
    }

private:
    fiskal_error *error_;
};

struct Free {
    void operator()(fiskal_client *client) const { fiskal_close(client); }
    void operator()(fiskal_sale *sale) const { fiskal_sale_free(sale); }
    void operator()(fiskal_receipt *receipt) const { fiskal_receipt_free(receipt); }
    void operator()(char *text) const { fiskal_string_free(text); }
};

template <typename T> using Handle = std::unique_ptr<T, Free>;

inline std::string bytes(const uint8_t *data, size_t length)
{
    return data != nullptr ? std::string(reinterpret_cast<const char *>(data), length) : std::string();
}

} // namespace detail

/** A receipt. Move-only. */
class Receipt {
public:
    /** Takes over a receipt of C. */
    explicit Receipt(fiskal_receipt *receipt) : receipt_(receipt) {}

    /** How final it is: FISKAL_SIGNED, FISKAL_PENDING, FISKAL_PROVISIONAL or FISKAL_REFUSED_LATER. */
    int32_t state() const { return fiskal_receipt_state(receipt_.get()); }

    /** The value at a path, such as "number" or "totals.gross"; `otherwise` where it is absent. */
    std::string get(const std::string &path, const std::string &otherwise = std::string()) const
    {
        const char *text = fiskal_receipt_get(receipt_.get(), path.c_str());
        return text != nullptr ? text : otherwise;
    }

    /** Whether there is a value at a path. */
    bool has(const std::string &path) const
    {
        return fiskal_receipt_get(receipt_.get(), path.c_str()) != nullptr;
    }

    /** How many elements the list at a path has; 0 where there is no list. */
    int32_t count(const std::string &path) const
    {
        const int32_t count = fiskal_receipt_count(receipt_.get(), path.c_str());
        return count > 0 ? count : 0;
    }

    /** The whole receipt as JSON. */
    std::string json() const
    {
        const char *text = fiskal_receipt_json(receipt_.get());
        return text != nullptr ? text : "";
    }

    /** The bytes of the QR code as an image; "" where there is none. module_px is for PNG, 1 to 64. */
    std::string qr(int32_t image = FISKAL_IMAGE_PNG, uint32_t module_px = 4) const
    {
        const uint8_t *data = nullptr;
        size_t length = 0;
        detail::Outcome outcome;
        outcome.check(fiskal_receipt_qr(receipt_.get(), image, module_px, &data, &length, outcome.error()));
        return detail::bytes(data, length);
    }

    /** The receipt on paper of so many columns, 24 to 80. */
    std::string print(int32_t paper = FISKAL_PAPER_TEXT, uint32_t columns = 42) const
    {
        const uint8_t *data = nullptr;
        size_t length = 0;
        detail::Outcome outcome;
        outcome.check(
            fiskal_receipt_print(receipt_.get(), paper, columns, &data, &length, outcome.error()));
        return detail::bytes(data, length);
    }

    /** The receipt of C, which stays this object's. */
    fiskal_receipt *handle() const { return receipt_.get(); }

private:
    detail::Handle<fiskal_receipt> receipt_;
};

/**
 * A begun sale. Move-only; used from one thread at a time.
 *
 * A sale that goes out of scope before complete() was tried, as when an exception is thrown, is aborted,
 * unless keep() or save() was called. Once complete() was tried, only the caller can say what follows: try
 * again, or abort().
 */
class Sale {
public:
    /** Takes over a sale of C, to abort it if nothing becomes of it. */
    explicit Sale(fiskal_sale *sale) : sale_(sale), abort_(true) {}

    Sale(Sale &&other) noexcept : sale_(std::move(other.sale_)), abort_(other.abort_)
    {
        other.abort_ = false;
    }

    Sale &operator=(Sale &&other) noexcept
    {
        if (this != &other) {
            end();
            sale_ = std::move(other.sale_);
            abort_ = other.abort_;
            other.abort_ = false;
        }
        return *this;
    }

    ~Sale() { end(); }

    /** The sale's id, by which it can be resumed. */
    std::string id() const
    {
        const char *text = fiskal_sale_id(sale_.get());
        return text != nullptr ? text : "";
    }

    /** Sets a member that is a text: "number", "series", "cashier.id". */
    void set(const std::string &field, const std::string &value)
    {
        detail::Outcome outcome;
        outcome.check(fiskal_sale_set(sale_.get(), field.c_str(), value.c_str(), outcome.error()));
    }

    /** Sets members, given as a JSON object; each takes the place of the one before. */
    void set_json(const std::string &members)
    {
        detail::Outcome outcome;
        outcome.check(fiskal_sale_set_json(sale_.get(), members.c_str(), outcome.error()));
    }

    /** Adds an item: its quantity, the price of one unit with VAT, and the percentage of VAT. */
    void add(const std::string &text, const std::string &quantity, const std::string &unit_price,
             const std::string &vat)
    {
        detail::Outcome outcome;
        outcome.check(fiskal_sale_add_item(sale_.get(), text.c_str(), quantity.c_str(),
                                           unit_price.c_str(), vat.c_str(), outcome.error()));
    }

    /** Adds an item with all its members, as JSON. */
    void add_json(const std::string &item)
    {
        detail::Outcome outcome;
        outcome.check(fiskal_sale_add_item_json(sale_.get(), item.c_str(), outcome.error()));
    }

    /** Adds a payment: "cash", "card" and so on, and its amount. */
    void pay(const std::string &method, const std::string &amount)
    {
        detail::Outcome outcome;
        outcome.check(
            fiskal_sale_add_payment(sale_.get(), method.c_str(), amount.c_str(), outcome.error()));
    }

    /** Adds a payment with all its members, as JSON. */
    void pay_json(const std::string &payment)
    {
        detail::Outcome outcome;
        outcome.check(fiskal_sale_add_payment_json(sale_.get(), payment.c_str(), outcome.error()));
    }

    /** Keeps what was added in the journal, and the sale open: it can be resumed. */
    void save()
    {
        detail::Outcome outcome;
        outcome.check(fiskal_sale_save(sale_.get(), outcome.error()));
        keep();
    }

    /** Leaves the sale open when this object goes out of scope. */
    void keep() { abort_ = false; }

    /** Completes the sale. Called again, it gives the same receipt. */
    Receipt complete()
    {
        fiskal_receipt *receipt = nullptr;
        detail::Outcome outcome;
        abort_ = false;
        outcome.check(fiskal_sale_complete(sale_.get(), &receipt, outcome.error()));
        return Receipt(receipt);
    }

    /** Completes the sale under the merchant's own number. */
    Receipt complete(const std::string &number)
    {
        set("number", number);
        return complete();
    }

    /** Ends the sale without a receipt. */
    void abort()
    {
        detail::Outcome outcome;
        abort_ = false;
        outcome.check(fiskal_sale_abort(sale_.get(), nullptr, outcome.error()));
    }

    /** Ends the sale without a receipt, and says why in at most 128 characters. */
    void abort(const std::string &reason)
    {
        detail::Outcome outcome;
        abort_ = false;
        outcome.check(fiskal_sale_abort(sale_.get(), reason.c_str(), outcome.error()));
    }

    /** The sale of C, which stays this object's. */
    fiskal_sale *handle() const { return sale_.get(); }

private:
    /** A destructor throws nothing: what cannot be aborted now is told by the operation sale.list. */
    void end() noexcept
    {
        if (abort_ && sale_) {
            fiskal_sale_abort(sale_.get(), nullptr, nullptr);
        }
        abort_ = false;
    }

    detail::Handle<fiskal_sale> sale_;
    bool abort_;
};

/** An open journal with its accounts. Move-only; may be used from several threads at once. */
class Client {
public:
    /** Opens the configuration in a file. */
    explicit Client(const std::string &config_path)
    {
        open(config_path.c_str(), nullptr);
    }

    /** Opens the configuration in a file, with a JSON object whose keys win over the file's. */
    Client(const std::string &config_path, const std::string &overrides_json)
    {
        open(config_path.c_str(), overrides_json.c_str());
    }

    /** Takes over a client of C. */
    explicit Client(fiskal_client *client) : client_(client) {}

    /** Opens a configuration in JSON. */
    static Client open_json(const std::string &config_json)
    {
        fiskal_client *client = nullptr;
        detail::Outcome outcome;
        outcome.check(
            fiskal_open_json(FISKAL_ABI_VERSION, config_json.c_str(), &client, outcome.error()));
        return Client(client);
    }

    /** Begins a sale on a register of the configuration. */
    Sale sale(const std::string &register_name)
    {
        fiskal_sale *sale = nullptr;
        detail::Outcome outcome;
        outcome.check(fiskal_sale_begin(client_.get(), register_name.c_str(), &sale, outcome.error()));
        return Sale(sale);
    }

    /** Begins a sale with members: "register" is needed; "id", "cashier" and "training" are fixed now. */
    Sale sale_json(const std::string &members)
    {
        fiskal_sale *sale = nullptr;
        detail::Outcome outcome;
        outcome.check(fiskal_sale_begin_json(client_.get(), members.c_str(), &sale, outcome.error()));
        return Sale(sale);
    }

    /** Goes on with a sale that has not ended. It stays open unless it is completed or aborted. */
    Sale resume(const std::string &sale_id)
    {
        fiskal_sale *sale = nullptr;
        detail::Outcome outcome;
        outcome.check(fiskal_sale_resume(client_.get(), sale_id.c_str(), &sale, outcome.error()));
        Sale resumed(sale);
        resumed.keep();
        return resumed;
    }

    /** Finds a receipt by its id. */
    Receipt receipt(const std::string &receipt_id)
    {
        fiskal_receipt *receipt = nullptr;
        detail::Outcome outcome;
        outcome.check(
            fiskal_receipt_open(client_.get(), receipt_id.c_str(), &receipt, outcome.error()));
        return Receipt(receipt);
    }

    /** Does one operation by its name; parameters and result are JSON. */
    std::string call(const std::string &operation, const std::string &params_json = "{}")
    {
        char *result = nullptr;
        detail::Outcome outcome;
        outcome.check(fiskal_call(client_.get(), operation.c_str(), params_json.c_str(), &result,
                                  outcome.error()));
        const detail::Handle<char> owned(result);
        return std::string(owned.get());
    }

    /** Lets all calls that wait return as if the account's patience had run out. */
    void interrupt() { fiskal_interrupt(client_.get()); }

    /** Closes the client; later calls, and those of its sales, are FISKAL_CLOSED. Closing again does nothing. */
    void close() { fiskal_close(client_.get()); }

    /** The client of C, which stays this object's. */
    fiskal_client *handle() const { return client_.get(); }

private:
    void open(const char *config_path, const char *overrides_json)
    {
        fiskal_client *client = nullptr;
        detail::Outcome outcome;
        outcome.check(
            fiskal_open(FISKAL_ABI_VERSION, config_path, overrides_json, &client, outcome.error()));
        client_.reset(client);
    }

    detail::Handle<fiskal_client> client_;
};

/** Hears one line of the log: its level, the part of the library that says it, and the text. */
using Logger = std::function<void(int32_t level, const std::string &target, const std::string &message)>;

namespace detail {

/** An exception must not cross C. Who logs has nobody to tell that it failed. */
inline void log(void *logger, int32_t level, const char *target, const char *message)
{
    try {
        (*static_cast<Logger *>(logger))(level, target, message);
    } catch (...) {
    }
}

} // namespace detail

/**
 * Sets what hears the log of the whole process, from any thread; an empty function for nothing. Returns
 * when the one before is no longer running. Not to be called from within a logger.
 */
inline void set_logger(Logger logger, int32_t max_level = FISKAL_LOG_INFO)
{
    static std::mutex mutex;
    // Not freed when the program ends: threads of the library may still log then.
    static Logger *current = nullptr;
    const std::lock_guard<std::mutex> lock(mutex);
    Logger *const before = current;
    current = logger ? new Logger(std::move(logger)) : nullptr;
    fiskal_set_logger(current != nullptr ? detail::log : nullptr, current, max_level);
    delete before;
}

/** UTF-8 of text in a Windows or DOS code page, such as 1252. */
inline std::string utf8_from(int32_t code_page, const std::string &text)
{
    char *result = nullptr;
    detail::Outcome outcome;
    outcome.check(fiskal_utf8_from(code_page, text.data(), text.size(), &result, outcome.error()));
    const detail::Handle<char> owned(result);
    return std::string(owned.get());
}

} // namespace fiskal

#endif
