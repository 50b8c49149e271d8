/* A program: what an image (.cbc) holds, decoded. The compiler builds one, the reader decodes one,
 * the verifier turns it into a `struct cd_program` that the evaluator accepts.
 *
 * Everything is an array and refers to other arrays by index; CD_NONE stands for «none». Strings
 * are indices into `strings`.
 *
 * Execution model. A register is a vector over the lanes of a domain:
 *   domain 0, global: one lane, the whole snapshot; its code runs once, first.
 *   root domains: up to CD_BATCH rows of one table at a time; one section of code a table.
 *   loop domains: opened by LOOP or PROBE inside their parent domain, a lane for each member of the
 * parent lanes' lists. request domain: one lane, a request put to the denies. Code is straight-line
 * with properly nested loops, each register written by one instruction before it is read (SSA). An
 * operand of an outer domain reaches an inner one through BCAST only. */
#ifndef CD_BC_PROGRAM_H
#define CD_BC_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cordon/status.h"
#include "runtime/base/arena.h"
#include "runtime/base/buf.h"

#define CD_NONE UINT32_MAX
#define CD_BATCH 1024u
#define CD_IMAGE_VERSION 1u
#define CD_LANGUAGE_EDITION 2026u

enum cd_op {
#define CD_OP(name, mnemonic, d, a, b, c, effect) CD_OP_##name,
#include "runtime/bc/opcodes.def"
#undef CD_OP
    CD_N_OPS
};

enum cd_operand {
#define CD_OPERAND(kind, format, what) CD_OPERAND_##kind,
#include "runtime/bc/operands.def"
#undef CD_OPERAND
};

struct cd_opinfo {
    const char *mnemonic;
    enum cd_operand d, a, b, c;
    const char *effect;
};
extern const struct cd_opinfo cd_opinfo[CD_N_OPS];

struct cd_insn {
    uint16_t op;
    uint16_t zero; /* reserved, 0 */
    uint32_t d, a, b, c;
};

/* Kinds of values. Refined strings (region, account, arn, …) are STRING. */
enum cd_kind {
    CD_KIND_BOOL,   /* true, false, unknown or absent */
    CD_KIND_NUMBER, /* a double, or an interval of doubles where counts are concerned */
    CD_KIND_STRING,
    CD_KIND_TIME,     /* milliseconds since the epoch */
    CD_KIND_DURATION, /* milliseconds */
    CD_KIND_ROW,      /* a resource or a nested object: shape */
    CD_KIND_MAP,      /* string keys: elem */
    CD_KIND_JSON,
    CD_KIND_LIST, /* elem; sets are lists without repetition */
    CD_N_KINDS
};

struct cd_value_type {
    uint32_t kind;   /* enum cd_kind */
    uint32_t elem;   /* LIST, MAP: type index; else CD_NONE */
    uint32_t shape;  /* ROW: shape index, CD_NONE for rows of several shapes (`resource`: only its
                        envelope can be read) */
    uint32_t is_set; /* LIST: 1 if equality is by members */
};

/* A shape is a resource type or a nested object; its fields are the properties that the program
 * reads, so that the shapes are the projection for ingest. The name is runtime/schema's. */
struct cd_shape {
    uint32_t name;
    uint32_t is_table; /* 1: a resource type */
    uint32_t first_field, n_fields;
};
struct cd_field {
    uint32_t name;
    uint32_t type;
};

struct cd_constant {
    uint32_t type;
    uint32_t state; /* 0 known, 1 absent */
    /* BOOL: 0 or 1. NUMBER: the double's bits. STRING: string index. TIME, DURATION: the ms as
     * two's complement. LIST, MAP: index into const_items of the first of `n` (MAP: key string
     * index and const index by turns, n counts pairs). */
    uint64_t value;
    uint32_t n;
};

struct cd_param {
    uint32_t name; /* `module.name` */
    uint32_t type;
    uint32_t refine; /* enum cd_refine of the type or, for collections and maps, of its members */
    uint32_t default_const; /* or CD_NONE: has to be given for controls that read it */
    uint32_t place;
};
/* What a string has to be beyond a string. */
enum cd_refine {
    CD_REFINE_NONE,
    CD_REFINE_REGION,
    CD_REFINE_ACCOUNT,
    CD_REFINE_ARN,
    CD_REFINE_ACTION,
    CD_REFINE_IP,
    CD_REFINE_CIDR
};

struct cd_reg {
    uint32_t type;
    uint32_t domain;
};

enum cd_domain_kind { CD_DOMAIN_GLOBAL, CD_DOMAIN_ROOT, CD_DOMAIN_LOOP, CD_DOMAIN_REQUEST };
struct cd_domain {
    uint32_t kind;
    uint32_t parent; /* LOOP: the domain it is opened in; ROOT: 0; else CD_NONE */
    uint32_t name;   /* LOOP: the variable's name, for explanations; else CD_NONE */
};

/* A join index: rows of a table by a string property, found by a chain of fields from the row
 * through nested objects, or by an envelope member (then n_path is 0). */
struct cd_index {
    uint32_t shape;
    uint32_t env;                /* enum cd_env, if n_path == 0 */
    uint32_t first_path, n_path; /* into `paths`: slots, each of the shape reached so far */
};

enum cd_section_kind {
    CD_SECTION_GLOBAL,
    CD_SECTION_TABLE,
    CD_SECTION_MESSAGES,
    CD_SECTION_REQUEST
};
/* GLOBAL first, then TABLE sections (shape; CD_NONE: every table of resources), MESSAGES sections
 * (shape likewise; CD_NONE with domain 0: estate clauses), at most one REQUEST section. A section
 * other than GLOBAL may read registers of GLOBAL (by BCAST). */
struct cd_section {
    uint32_t kind;
    uint32_t shape;
    uint32_t domain;
    uint32_t first, n; /* instructions */
};

enum cd_level { CD_LEVEL_INFO, CD_LEVEL_LOW, CD_LEVEL_MEDIUM, CD_LEVEL_HIGH, CD_LEVEL_CRITICAL };

/* A place in a source file; line and column count from 1. */
struct cd_place {
    uint32_t file; /* index into `files` */
    uint32_t line, column;
};

struct cd_control {
    uint32_t name; /* module.control */
    uint32_t id, title, text, remedy, owner,
        detect_only; /* strings; CD_NONE where not given, `id` then equals `name` */
    uint32_t level;  /* enum cd_level */
    uint32_t place;
    uint32_t first_map, n_maps;       /* into `maps` */
    uint32_t first_clause, n_clauses; /* clauses of one control stand together */
    uint32_t first_table, n_tables;   /* into `tables`: shapes whose completeness matters to its
                                         answers, CD_NONE for `resource` */
    uint32_t first_param, n_params;   /* into `param_refs`: parameters it reads */
    uint32_t first_deny, n_denies;
    uint32_t selected; /* 1: runs unless skipped (all that a build was asked for) */
};
/* A mapping to a framework: the text of the constant it names, and whether it is only suggested. */
struct cd_mapping {
    uint32_t text;
    uint32_t suggested;
};
struct cd_clause_info {
    uint32_t control;
    uint32_t shape; /* table; CD_NONE with is_estate 0: `resource` */
    uint32_t is_estate;
    uint32_t variable;   /* string, CD_NONE for estate */
    uint32_t where_text; /* source text of the where, CD_NONE without one */
    uint32_t place;
    uint32_t first_require, n_requires;
};
struct cd_require_info {
    uint32_t clause;
    uint32_t text; /* source text of the condition, blanks folded, for explanations */
    uint32_t place;
    uint32_t has_message;
};
struct cd_waive_info {
    uint32_t control;
    uint32_t first_pattern, n_patterns; /* into `pattern_refs`: strings */
    uint32_t because;
    uint32_t place;
    int64_t until_ms; /* first moment at which it no longer holds */
};
/* What the ARN patterns of a deny are for. */
enum cd_deny_on {
    CD_DENY_ON,
    CD_DENY_NOT_ON,
    CD_DENY_SCOPE, /* as ON, but a request that names no resource matches, too */
    CD_N_DENY_ON
};
struct cd_deny_info {
    uint32_t control;
    uint32_t first_act, n_acts; /* into `pattern_refs`: action patterns, `*` among them */
    uint32_t first_except, n_excepts;
    uint32_t first_on, n_on; /* ARN patterns */
    uint32_t not_on;         /* enum cd_deny_on */
    uint32_t place;
};

/* Static cost: the control's time grows as the product of the sizes of the tables of each of its
 * terms. */
struct cd_cost {
    uint32_t control;
    uint32_t first_table, n_tables; /* into `tables`; the clause's own table first */
};

#define CD_VEC(type)   \
    struct {           \
        type *items;   \
        size_t n, cap; \
    }

struct cd_image {
    struct cd_arena *arena; /* owns everything below */
    CD_VEC(struct cd_str) strings;
    CD_VEC(struct cd_value_type) types;
    CD_VEC(struct cd_shape) shapes;
    CD_VEC(struct cd_field) fields;
    CD_VEC(struct cd_constant) consts;
    CD_VEC(uint32_t) const_items;
    CD_VEC(struct cd_param) params;
    CD_VEC(struct cd_reg) regs;
    CD_VEC(struct cd_domain) domains;
    CD_VEC(struct cd_index) indexes;
    CD_VEC(uint32_t) paths;
    CD_VEC(struct cd_section) sections;
    CD_VEC(struct cd_insn) code;
    CD_VEC(uint32_t) files; /* strings: source paths as given */
    CD_VEC(struct cd_place) places;
    CD_VEC(struct cd_control) controls; /* sorted by name */
    CD_VEC(struct cd_mapping) maps;
    CD_VEC(struct cd_clause_info) clauses;
    CD_VEC(struct cd_require_info) requires;
    CD_VEC(struct cd_waive_info) waives;
    CD_VEC(struct cd_deny_info) denies;
    CD_VEC(uint32_t) pattern_refs;
    CD_VEC(uint32_t) tables;
    CD_VEC(uint32_t) param_refs;
    CD_VEC(struct cd_cost) costs;
    uint64_t hash; /* XXH3 of the image's bytes, set by the reader and the writer: the identity of
                      the program */
};

/* Envelope members, in the order of the language's `enum cd_envelope`. */
enum cd_env {
    CD_ENVOP_ID,
    CD_ENVOP_ARN,
    CD_ENVOP_TYPE,
    CD_ENVOP_PARTITION,
    CD_ENVOP_REGION,
    CD_ENVOP_ACCOUNT,
    CD_ENVOP_TAGS,
    CD_ENVOP_CAPTURED,
    CD_N_ENV
};
enum cd_arnpart {
    CD_ARNPART_PARTITION,
    CD_ARNPART_SERVICE,
    CD_ARNPART_REGION,
    CD_ARNPART_ACCOUNT,
    CD_ARNPART_RESOURCE
};

/* How a key of a request is compared (WHENKEY). */
enum cd_when_relation {
    CD_WHEN_EQUALS, /* one of the values, by the key's type */
    CD_WHEN_LIKE,   /* one of the patterns: with \x1B before a character that stands for itself */
    CD_WHEN_LESS,
    CD_WHEN_LESS_EQUALS,
    CD_WHEN_GREATER,
    CD_WHEN_GREATER_EQUALS,
    CD_WHEN_WITHIN, /* one of the networks */
    CD_WHEN_ABSENT, /* without a value */
    CD_N_WHEN_RELATIONS
};
/* How WHENJOIN joins. */
enum cd_whenjoin { CD_WHENJOIN_AND, CD_WHENJOIN_OR, CD_WHENJOIN_NOT, CD_N_WHENJOINS };

/* Sizes of the enumerations that a file may name values of. */
#define CD_N_REFINES (CD_REFINE_CIDR + 1u)
#define CD_N_DOMAIN_KINDS (CD_DOMAIN_REQUEST + 1u)
#define CD_N_SECTION_KINDS (CD_SECTION_REQUEST + 1u)
#define CD_N_LEVELS (CD_LEVEL_CRITICAL + 1u)
#define CD_N_ARNPARTS (CD_ARNPART_RESOURCE + 1u)

/* Serializes IMG; the same image gives the same bytes. */
CORDON_MUST_CHECK cordon_status cd_image_write(const struct cd_image *img, struct cd_buf *out,
                                               struct cordon_error *err);
/* Decodes BYTES into IMG (arena: IMG's). Checks magic, version, section table, every length and the
 * checksum; what it accepts can be walked without leaving an array, but says nothing of the code.
 * Strings are copied. */
CORDON_MUST_CHECK cordon_status cd_image_read(struct cd_str bytes, struct cd_arena *arena,
                                              struct cd_image *img, struct cordon_error *err);

/* A verified program: never made except by cd_program_verify. */
struct cd_program {
    const struct cd_image *img;
};
/* Accepts IMG only if every operand is in range and of its kind, every register is written once,
 * before it is read, with one type and one domain, loops nest, types fit each opcode's effect, and
 * the costs hold. */
CORDON_MUST_CHECK cordon_status cd_program_verify(const struct cd_image *img,
                                                  struct cd_program *out, struct cordon_error *err);
/* The assembly text of a program, deterministic. */
void cd_image_disasm(const struct cd_image *img, struct cd_buf *out);

static inline struct cd_str
cd_image_str(const struct cd_image *img, uint32_t string)
{
    return string == CD_NONE ? (struct cd_str){"", 0} : img->strings.items[string];
}

#endif
