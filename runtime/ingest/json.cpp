// simdjson behind a C interface. Nothing here throws: simdjson's calls return error codes.
#include "runtime/ingest/json.h"

#include <new>

#include <simdjson.h>

static_assert(simdjson::SIMDJSON_PADDING <= CD_DOM_PADDING, "texts are padded for simdjson");

struct cd_dom {
    simdjson::dom::parser parser;
    cd_dom_doc doc{};
};

extern "C" struct cd_dom *
cd_dom_new(void)
{
    return new (std::nothrow) cd_dom;
}

extern "C" void
cd_dom_free(struct cd_dom *dom)
{
    delete dom;
}

static enum cd_dom_status
status_of(simdjson::error_code code)
{
    if (code == simdjson::SUCCESS) {
        return CD_DOM_OK;
    }
    if (code == simdjson::MEMALLOC || code == simdjson::CAPACITY) {
        return CD_DOM_MEMORY;
    }
    if (code == simdjson::DEPTH_ERROR) {
        return CD_DOM_DEPTH;
    }
    if (code == simdjson::UTF8_ERROR) {
        return CD_DOM_UTF8;
    }
    if (code == simdjson::NUMBER_ERROR || code == simdjson::NUMBER_OUT_OF_RANGE) {
        return CD_DOM_RANGE;
    }
    return CD_DOM_SYNTAX;
}

extern "C" enum cd_dom_status
cd_dom_parse_bytes(struct cd_dom *dom, const char *p, size_t n, bool is_padded,
                   const struct cd_dom_doc **doc)
{
    if (n == 0) {
        return CD_DOM_SYNTAX;
    }
    simdjson::error_code code =
        dom->parser.parse(reinterpret_cast<const uint8_t *>(p), n, !is_padded).error();
    if (code != simdjson::SUCCESS) {
        return status_of(code);
    }
    dom->doc.tape = dom->parser.doc.tape.get();
    dom->doc.strings = dom->parser.doc.string_buf.get();
    *doc = &dom->doc;
    return CD_DOM_OK;
}
