/* Resource types, their nested objects and properties, and what AWS Config carries of them. */
#include "runtime/schema/access.h"
#include "runtime/schema/schema.h"

static struct cd_blob_shape
load_shape(uint32_t shape)
{
    struct cd_blob_shape s;
    cd_blob_load(CD_BLOB_SHAPES, shape, &s, sizeof s);
    return s;
}

uint32_t
cd_schema_n_shapes(void)
{
    return cd_blob_count(CD_BLOB_SHAPES);
}

struct cd_schema_shape
cd_schema_shape_at(uint32_t shape)
{
    struct cd_blob_shape s = load_shape(shape);
    return (struct cd_schema_shape){
        .name = cd_blob_str(s.name),
        .is_resource = (s.flags & CD_BLOB_SHAPE_RESOURCE) != 0,
        .is_derived = (s.flags & CD_BLOB_SHAPE_DERIVED) != 0,
        .is_global = (s.flags & CD_BLOB_SHAPE_GLOBAL) != 0,
        .from_overlay = (s.flags & CD_BLOB_SHAPE_OVERLAY) != 0,
        .config_records = (s.flags & CD_BLOB_SHAPE_RECORDED) != 0,
        .first_field = s.first_field,
        .n_fields = s.n_fields,
    };
}

uint32_t
cd_schema_find_shape(struct cd_str name)
{
    return cd_blob_search(CD_BLOB_SHAPES, cd_blob_whole(CD_BLOB_SHAPES),
                          sizeof(struct cd_blob_shape), 0, name, false);
}

struct cd_schema_field
cd_schema_field_at(uint32_t field)
{
    struct cd_blob_field f;
    cd_blob_load(CD_BLOB_FIELDS, field, &f, sizeof f);
    return (struct cd_schema_field){
        .name = cd_blob_str(f.name),
        .type = f.type_and_flags & CD_BLOB_FIELD_TYPE,
        .config_carries = (f.type_and_flags & CD_BLOB_FIELD_CARRIED) != 0,
        .read_only = (f.type_and_flags & CD_BLOB_FIELD_READ_ONLY) != 0,
    };
}

uint32_t
cd_schema_find_field(uint32_t shape, struct cd_str name)
{
    struct cd_blob_shape s = load_shape(shape);
    struct cd_blob_span fields = {s.first_field, s.n_fields};
    return cd_blob_search(CD_BLOB_FIELDS, fields, sizeof(struct cd_blob_field), 0, name, false);
}

struct cd_schema_type
cd_schema_type_at(uint32_t type)
{
    struct cd_blob_type t;
    cd_blob_load(CD_BLOB_TYPES, type, &t, sizeof t);
    return (struct cd_schema_type){(enum cd_schema_kind)t.kind, t.ref, t.enum_set};
}

/* String I of a range of a section of strings, empty beyond its end. */
static struct cd_str
name_in(enum cd_blob_section section, struct cd_blob_span range, uint32_t i)
{
    return i < range.n ? cd_blob_str(cd_blob_u32(section, range.first + i)) : CD_STR("");
}

static struct cd_blob_span
enum_span(uint32_t enum_set)
{
    struct cd_blob_span span;
    cd_blob_load(CD_BLOB_ENUMS, enum_set, &span, sizeof span);
    return span;
}

uint32_t
cd_schema_enum_size(uint32_t enum_set)
{
    return enum_span(enum_set).n;
}

struct cd_str
cd_schema_enum_at(uint32_t enum_set, uint32_t i)
{
    return name_in(CD_BLOB_ENUM_VALUES, enum_span(enum_set), i);
}

uint32_t
cd_schema_policy_shape(void)
{
    return cd_blob_policy_shape();
}

struct cd_str
cd_schema_arn_format(uint32_t shape)
{
    return cd_blob_str(load_shape(shape).arn);
}

struct cd_str
cd_schema_id_property(uint32_t shape)
{
    return cd_blob_str(load_shape(shape).id_property);
}

uint32_t
cd_schema_n_names(uint32_t shape)
{
    return load_shape(shape).n_names;
}

struct cd_str
cd_schema_name_property(uint32_t shape, uint32_t i)
{
    struct cd_blob_shape s = load_shape(shape);
    return name_in(CD_BLOB_NAMES, (struct cd_blob_span){s.first_name, s.n_names}, i);
}

bool
cd_schema_config_carries(uint32_t resource_shape, struct cd_str dotted_path)
{
    if (resource_shape >= cd_schema_n_shapes()) {
        return false;
    }
    uint32_t node = load_shape(resource_shape).carries;
    if (node == CD_SCHEMA_NONE || dotted_path.n == 0) {
        return false;
    }
    for (size_t from = 0; from <= dotted_path.n;) {
        size_t dot = cd_str_find(dotted_path, '.', from);
        struct cd_blob_carry carry;
        cd_blob_load(CD_BLOB_CARRIES, node, &carry, sizeof carry);
        if (carry.n_children == 0) {
            return from > 0; /* an opaque object is carried whole; a type without paths carries
                                nothing */
        }
        struct cd_blob_span children = {carry.first_child, carry.n_children};
        node = cd_blob_search(CD_BLOB_CARRIES, children, sizeof carry, 0,
                              cd_str_sub(dotted_path, from, dot), false);
        if (node == CD_SCHEMA_NONE) {
            return false;
        }
        from = dot + 1;
    }
    return true;
}
