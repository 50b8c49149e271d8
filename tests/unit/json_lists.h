/* Lists of cJSON, for tests that take something out and put it back. */
#ifndef TESTS_UNIT_JSON_LISTS_H
#define TESTS_UNIT_JSON_LISTS_H

#include <cjson/cJSON.h>

/* Puts ITEM back to place AT of a list or an object. cJSON_InsertItemInArray of Debian 12 refuses
 * places inside, and the item is lost. */
static inline void
json_put_back(cJSON *list, int at, cJSON *item)
{
    int n_behind = cJSON_GetArraySize(list) - at;
    cJSON_AddItemToArray(list, item);
    for (int i = 0; i < n_behind; i++) {
        cJSON_AddItemToArray(list, cJSON_DetachItemFromArray(list, at));
    }
}

#endif
