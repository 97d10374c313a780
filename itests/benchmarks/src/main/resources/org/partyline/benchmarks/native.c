/*
 * Baselines in C: nanoseconds of processor time that an operation takes, the median of the rounds.
 *   native open ROUNDS          opens a packet of 80 bytes with a new key: XChaCha20-Poly1305 of libsodium
 *   native argon2 ROUNDS        derives a key: Argon2id of libargon2, 64 MiB, 3 passes, 4 lanes
 * The functions are declared here, so that only the libraries themselves have to be installed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int crypto_aead_xchacha20poly1305_ietf_encrypt(
    unsigned char *sealed, unsigned long long *sealed_length, const unsigned char *plaintext, unsigned long long length,
    const unsigned char *data, unsigned long long data_length, const unsigned char *unused, const unsigned char *nonce,
    const unsigned char *key);
int crypto_aead_xchacha20poly1305_ietf_decrypt(
    unsigned char *plaintext, unsigned long long *length, unsigned char *unused, const unsigned char *sealed,
    unsigned long long sealed_length, const unsigned char *data, unsigned long long data_length, const unsigned char *nonce,
    const unsigned char *key);
int sodium_init(void);
int argon2id_hash_raw(
    uint32_t passes, uint32_t kibibytes, uint32_t lanes, const void *secret, size_t secret_length, const void *salt,
    size_t salt_length, void *key, size_t key_length);

enum { PACKETS = 1024, DATA = 11, PLAINTEXT = 55, TAG = 16, OPENINGS = 200000 };

static unsigned char keys[PACKETS][32], nonces[PACKETS][24], data[PACKETS][DATA], sealed[PACKETS][PLAINTEXT + TAG];

static void fill(unsigned char *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (unsigned char)rand();
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void seal_all(void) {
    unsigned char plaintext[PLAINTEXT];
    if (sodium_init() < 0) {
        exit(1);
    }
    for (int i = 0; i < PACKETS; i++) {
        fill(keys[i], sizeof keys[i]);
        fill(nonces[i], sizeof nonces[i]);
        fill(data[i], sizeof data[i]);
        fill(plaintext, sizeof plaintext);
        crypto_aead_xchacha20poly1305_ietf_encrypt(
            sealed[i], NULL, plaintext, PLAINTEXT, data[i], DATA, NULL, nonces[i], keys[i]);
    }
}

static double open_all(void) {
    unsigned char plaintext[PLAINTEXT];
    double begin = now();
    for (int i = 0; i < OPENINGS; i++) {
        int p = i % PACKETS;
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(
                plaintext, NULL, NULL, sealed[p], PLAINTEXT + TAG, data[p], DATA, nonces[p], keys[p])) {
            exit(1);
        }
    }
    return (now() - begin) / OPENINGS;
}

static double derive(void) {
    unsigned char key[32];
    double begin = now();
    if (argon2id_hash_raw(3, 65536, 4, "a secret of 32 bytes, more or le", 32, "sixteen bytes ..", 16, key, sizeof key)) {
        exit(1);
    }
    return now() - begin;
}

static int ascending(const void *one, const void *other) {
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

int main(int count, char **arguments) {
    int rounds = count == 3 ? atoi(arguments[2]) : 0;
    if (rounds < 1) {
        return 2;
    }
    int opening = !strcmp(arguments[1], "open");
    double *each = calloc(rounds, sizeof *each);
    if (opening) {
        seal_all();
    }
    for (int i = 0; i < rounds; i++) {
        each[i] = opening ? open_all() : derive();
    }
    qsort(each, rounds, sizeof *each, ascending);
    printf("%.1f\n", each[rounds / 2]);
    return 0;
}
