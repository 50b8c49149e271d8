/* Every thread takes a window of its own through all stages: what one stage leaves in the cache of
 * its processor the next one finds there. */
#include "runtime/ingest/pipeline.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "runtime/base/processors.h"

/* How often a thread looks before it sleeps: for about two stages of some 30 µs, since to sleep and
 * to be woken takes longer. */
#define SPINS 4000u

struct pipeline {
    struct cd_split *split;
    cd_batch_read read;
    void *user;

    pthread_mutex_t lock; /* of everything below; what is atomic is looked at without it, too */
    pthread_cond_t changed;
    uint64_t n_filled; /* windows so far */
    _Atomic uint64_t n_read;
    atomic_bool is_filling;
    bool is_filled; /* there are no more windows */
    cordon_status fill_status, read_status;
    struct cordon_error fill_error, read_error;

    pthread_t helpers[CD_MOST_THREADS];
    unsigned n_helpers, n_wanted;
    unsigned n_spins;
};

/* ---- what a batch has ---- */

static void
free_batch(struct cd_batch *b)
{
    if (b != NULL) {
        cd_window_finish(&b->w);
        cd_dom_shelf_free(b->shelf);
        cd_dom_free(b->dom);
        free(b);
    }
}

static struct cd_batch *
make_batch(void)
{
    struct cd_batch *b = calloc(1, sizeof *b);
    if (b != NULL) {
        b->dom = cd_dom_new();
        b->shelf = cd_dom_shelf_new();
        if (b->dom == NULL || b->shelf == NULL) {
            free_batch(b);
            b = NULL;
        }
    }
    return b;
}

static void
parse_batch(struct cd_batch *b)
{
    size_t n = b->w.n_pieces < CD_DOM_SHELF ? b->w.n_pieces : CD_DOM_SHELF;
    for (size_t i = 0; i < n; i++) {
        const struct cd_piece *piece = &b->w.pieces[i];
        b->parsed[i] = NULL;
        if (piece->kind != CD_PIECE_ITEM
            || cd_dom_parse_onto(b->dom, b->shelf, i, piece->text.p, piece->text.n, &b->parsed[i])
                   != CD_DOM_OK) {
            b->parsed[i] = NULL;
        }
    }
}

/* ---- what a thread does ---- */

static void *help(void *user);

/* The first window was not the last: there is work for more than one. */
static void
start_helpers(struct pipeline *p)
{
    while (p->n_wanted > 0 && p->n_helpers < CD_MOST_THREADS) {
        if (pthread_create(&p->helpers[p->n_helpers], NULL, help, p) != 0) {
            break; /* then with fewer */
        }
        p->n_helpers++;
        p->n_wanted--;
    }
    p->n_wanted = 0;
}

/* May the caller go on: with WINDOW to be read, or (NULL) with filling one? */
static bool
is_turn(const struct pipeline *p, const uint64_t *window)
{
    return window == NULL ? !p->is_filling : p->n_read == *window;
}

/* Gives the processor a moment, without giving it away. */
static void
pause_shortly(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/* Waits until it may be the caller's turn, or reading has failed. */
static void
wait_for_turn(struct pipeline *p, const uint64_t *window)
{
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->n_spins && !is_turn(p, window); i++) {
        pause_shortly();
    }
    pthread_mutex_lock(&p->lock);
    if (!is_turn(p, window) && p->read_status == CORDON_OK) {
        pthread_cond_wait(&p->changed, &p->lock);
    }
}

/* The steps are called with the lock, and give it back for the work itself. Fills B with the next
 * window, whose number is in *window; false if there is none. */
static bool
fill(struct pipeline *p, struct cd_batch *b, uint64_t *window)
{
    while (p->is_filling && p->read_status == CORDON_OK) {
        wait_for_turn(p, NULL);
    }
    if (p->is_filled || p->read_status != CORDON_OK) {
        return false;
    }
    p->is_filling = true;
    pthread_mutex_unlock(&p->lock);
    cordon_status status = cd_split_fill(p->split, &b->w, &p->fill_error);
    pthread_mutex_lock(&p->lock);
    p->is_filling = false;
    p->fill_status = status;
    p->is_filled = status != CORDON_OK || b->w.is_last;
    if (!p->is_filled) {
        start_helpers(p);
    }
    *window = p->n_filled;
    p->n_filled += status == CORDON_OK;
    pthread_cond_broadcast(&p->changed);
    return status == CORDON_OK;
}

static void
parse(struct pipeline *p, struct cd_batch *b)
{
    pthread_mutex_unlock(&p->lock);
    parse_batch(b);
    pthread_mutex_lock(&p->lock);
}

/* Reads B when it is its turn. */
static void
read_in_turn(struct pipeline *p, const struct cd_batch *b, uint64_t window)
{
    while (p->n_read != window && p->read_status == CORDON_OK) {
        wait_for_turn(p, &window);
    }
    if (p->read_status != CORDON_OK) {
        return;
    }
    pthread_mutex_unlock(&p->lock);
    cordon_status status = p->read(p->user, b, &p->read_error);
    pthread_mutex_lock(&p->lock);
    p->read_status = status;
    p->n_read++;
    pthread_cond_broadcast(&p->changed);
}

/* False: there was no memory for a batch. */
static bool
work(struct pipeline *p)
{
    struct cd_batch *b = make_batch();
    uint64_t window;
    if (b == NULL) {
        return false;
    }
    pthread_mutex_lock(&p->lock);
    while (fill(p, b, &window)) {
        parse(p, b);
        read_in_turn(p, b, window);
    }
    pthread_mutex_unlock(&p->lock);
    free_batch(b);
    return true;
}

static void *
help(void *user)
{
    (void)work(user); /* what it cannot do the others will */
    return NULL;
}

/* ---- all of it ---- */

static cordon_status
result_of(const struct pipeline *p, struct cordon_error *err)
{
    bool read_failed = p->read_status != CORDON_OK; /* it stands before what could not be filled */
    cordon_status status = read_failed ? p->read_status : p->fill_status;
    if (status != CORDON_OK && err != NULL) {
        *err = read_failed ? p->read_error : p->fill_error;
    }
    return status;
}

cordon_status
cd_pipeline_run(struct cd_split *split, unsigned n_threads, cd_batch_read read, void *user,
                struct cordon_error *err)
{
    n_threads = n_threads < 1 ? 1 : n_threads > CD_MOST_THREADS ? CD_MOST_THREADS : n_threads;
    struct pipeline p = {.split = split,
                         .read = read,
                         .user = user,
                         .lock = PTHREAD_MUTEX_INITIALIZER,
                         .changed = PTHREAD_COND_INITIALIZER,
                         .n_wanted = n_threads - 1,
                         /* With fewer processors, a thread that looks takes another one's. */
                         .n_spins = cd_processors() >= n_threads ? SPINS : 0};
    bool worked = work(&p);
    for (unsigned i = 0; i < p.n_helpers; i++) {
        (void)pthread_join(p.helpers[i], NULL);
    }
    pthread_cond_destroy(&p.changed);
    pthread_mutex_destroy(&p.lock);
    return worked ? result_of(&p, err) : CORDON_ENOMEM;
}
