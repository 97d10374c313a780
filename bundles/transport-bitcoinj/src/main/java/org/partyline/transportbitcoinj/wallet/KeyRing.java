package org.partyline.transportbitcoinj.wallet;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.bitcoinj.crypto.DeterministicKey;

/**
 * The addresses that are watched: of each account those that were given out, and the gap behind the last one that was used. Holds
 * public keys only. Not thread-safe.
 */
final class KeyRing {
    /** Accounts that are watched behind the last one in use, so that a restored wallet finds every persona. */
    static final int ACCOUNTS_AHEAD = 3;

    /** What is known of one account. */
    private static final class Account {
        private final DeterministicKey key;
        /** The next index to give out, for each chain. */
        private final int[] next = new int[2];
        /** The next index behind the last one that was paid to, for each chain. */
        private final int[] used = new int[2];
        /** Up to here addresses are watched, for each chain. */
        private final int[] watched = new int[2];

        Account(DeterministicKey key) {
            this.key = key;
        }
    }

    private final int gap;
    private final IntFunction<DeterministicKey> source;
    private final Map<Integer, Account> accounts = new TreeMap<>();
    private final Map<ByteBuffer, KeyRef> programs = new HashMap<>();

    /**
     * @param gap how many addresses behind the last used one are watched
     * @param source derives an account's public key
     */
    KeyRing(int gap, IntFunction<DeterministicKey> source) {
        this.gap = gap;
        this.source = source;
        for (int i = 0; i <= ACCOUNTS_AHEAD; i++) {
            account(i);
        }
    }

    private Account account(int number) {
        Account account = accounts.get(number);
        if (account == null) {
            account = new Account(source.apply(number));
            accounts.put(number, account);
            watch(number, account, KeyRef.EXTERNAL);
            watch(number, account, KeyRef.CHANGE);
        }
        return account;
    }

    /** An account has been used: the ones behind it are watched too. */
    private void inUse(int number) {
        for (int i = number; i <= Math.min(Accounts.LAST, number + ACCOUNTS_AHEAD); i++) {
            account(i);
        }
    }

    private void watch(int number, Account account, int chain) {
        int until = Math.max(account.next[chain], account.used[chain]) + gap;
        for (int i = account.watched[chain]; i < until; i++) {
            programs.put(ByteBuffer.wrap(HdKeys.program(account.key, chain, i)), new KeyRef(number, chain, i));
        }
        account.watched[chain] = Math.max(account.watched[chain], until);
    }

    /** Whose address it is; empty when it is not ours. @param program 20 bytes */
    Optional<KeyRef> find(byte[] program) {
        return Optional.ofNullable(programs.get(ByteBuffer.wrap(program)));
    }

    /** The index that {@link #give} will give. */
    int next(int account, int chain) {
        return account(account).next[chain];
    }

    /** Whether another address may be given out: a restored wallet would find what is paid to it. */
    boolean mayGive(int account, int chain) {
        Account of = account(account);
        return of.next[chain] - of.used[chain] < gap;
    }

    /** The key hash of the next address; it counts as given out from here on. */
    byte[] give(int account, int chain) {
        Account of = account(account);
        byte[] program = HdKeys.program(of.key, chain, of.next[chain]);
        given(account, chain, of.next[chain] + 1);
        return program;
    }

    /** Addresses under this index were given out before. */
    void given(int account, int chain, int next) {
        inUse(account);
        Account of = account(account);
        of.next[chain] = Math.max(of.next[chain], next);
        watch(account, of, chain);
    }

    /** An address was paid to: neither it nor those before it are given out any more. */
    void used(KeyRef ref) {
        inUse(ref.account());
        Account of = account(ref.account());
        of.used[ref.chain()] = Math.max(of.used[ref.chain()], ref.index() + 1);
        of.next[ref.chain()] = Math.max(of.next[ref.chain()], ref.index() + 1);
        watch(ref.account(), of, ref.chain());
    }
}
