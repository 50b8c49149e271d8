/* Building an image: appends elements to its arrays and gives equal strings, types and constants
 * one index. For the code generator and for tests. Memory comes from the image's arena, whose
 * `on_oom` has to be set: nothing here returns a failure. */
#ifndef CD_BC_BUILD_H
#define CD_BC_BUILD_H

#include "runtime/base/map.h"
#include "runtime/bc/program.h"

struct cd_builder {
    struct cd_image *img;
    struct cd_map strings, types, consts, shapes, places;
};

/* IMG (its arena set, else empty) is borrowed. */
void cd_build_init(struct cd_builder *b, struct cd_image *img);
void cd_build_finish(struct cd_builder *b);

uint32_t cd_build_string(struct cd_builder *b, struct cd_str s); /* copied */
uint32_t cd_build_cstr(struct cd_builder *b, const char *z);
uint32_t cd_build_file(struct cd_builder *b, struct cd_str path);
uint32_t cd_build_place(struct cd_builder *b, uint32_t file, uint32_t line, uint32_t column);

/* A type without elements: BOOL, NUMBER, STRING, TIME, DURATION, JSON. */
uint32_t cd_build_simple_type(struct cd_builder *b, enum cd_kind kind);
uint32_t cd_build_list_type(struct cd_builder *b, uint32_t elem, bool is_set);
uint32_t cd_build_map_type(struct cd_builder *b, uint32_t elem);
uint32_t cd_build_row_type(struct cd_builder *b,
                           uint32_t shape); /* CD_NONE: rows of several shapes */

/* The shape of a name, made on first use without fields. */
uint32_t cd_build_shape(struct cd_builder *b, struct cd_str name, bool is_table);
/* Gives SHAPE its fields, once. */
void cd_build_fields(struct cd_builder *b, uint32_t shape, const struct cd_field *fields, size_t n);

uint32_t cd_build_absent(struct cd_builder *b, uint32_t type);
/* BOOL, STRING, TIME, DURATION: the value as in cd_constant. */
uint32_t cd_build_scalar(struct cd_builder *b, uint32_t type, uint64_t value);
uint32_t cd_build_bool(struct cd_builder *b, bool value);
uint32_t cd_build_number(struct cd_builder *b, double value);
uint32_t cd_build_text(struct cd_builder *b, struct cd_str value);
/* ITEMS: constants; of a MAP, key strings and constants by turns, N pairs. */
uint32_t cd_build_collection(struct cd_builder *b, uint32_t type, const uint32_t *items, size_t n);

uint32_t cd_build_domain(struct cd_builder *b, enum cd_domain_kind kind, uint32_t parent,
                         uint32_t name);
uint32_t cd_build_reg(struct cd_builder *b, uint32_t type, uint32_t domain);
uint32_t cd_build_index(struct cd_builder *b, uint32_t shape, uint32_t env, const uint32_t *path,
                        size_t n_path);

/* Opens a section: instructions that follow belong to it, until the next one is opened. */
void cd_build_section(struct cd_builder *b, enum cd_section_kind kind, uint32_t shape,
                      uint32_t domain);
/* Appends an instruction; operands that its opcode does not have are 0. */
void cd_build_insn(struct cd_builder *b, enum cd_op op, uint32_t d, uint32_t x, uint32_t y,
                   uint32_t z);
/* The same with a new register as destination, which is returned. */
uint32_t cd_build_value(struct cd_builder *b, enum cd_op op, uint32_t type, uint32_t domain,
                        uint32_t x, uint32_t y, uint32_t z);

/* Appends a zeroed element to one of the image's arrays and gives its address. */
#define CD_BUILD_PUSH(b, array) \
    CD_PUSH((b)->img->arena, (b)->img->array.items, (b)->img->array.n, (b)->img->array.cap)

#endif
