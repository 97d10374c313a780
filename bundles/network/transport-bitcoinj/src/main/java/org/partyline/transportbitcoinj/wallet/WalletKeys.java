package org.partyline.transportbitcoinj.wallet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.bitcoinj.crypto.DeterministicKey;

/**
 * The watched addresses: for each account those that were issued, and the gap after the last one. Decides which may be
 * issued next: never one that would be missed by a wallet that was restored from its words and knows only the blocks.
 * Contains public keys only. Not thread-safe.
 */
final class WalletKeys {
    /** The number of accounts watched after the last used one, so that a restored wallet finds every persona. */
    static final int ACCOUNTS_AHEAD = 3;

    /** The watched addresses of one account. */
    private static final class Account {
        private final DeterministicKey key;
        /** The next index to issue, by chain. */
        private final int[] next = new int[2];
        /** The number of watched addresses, by chain. */
        private final int[] watched = new int[2];
        /** The index after the last one that appeared in a block so long ago that it was forgotten, by chain. */
        private final int[] settled = new int[2];
        /** Change indexes below the next one that nobody has seen. */
        private final TreeSet<Integer> back = new TreeSet<>();

        Account(DeterministicKey key) {
            this.key = key;
        }
    }

    private final int gap;
    private final IntFunction<DeterministicKey> source;
    private final Map<Integer, Account> accounts = new TreeMap<>();
    private final Map<ByteBuffer, KeyRef> programs = new HashMap<>();
    /** Chains, by their first address, with changes that are not stored yet. */
    private final Set<KeyRef> changed = new LinkedHashSet<>();

    /**
     * @param gap the number of watched addresses after the last used one
     * @param source derives an account's public key
     */
    WalletKeys(int gap, IntFunction<DeterministicKey> source) {
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

    /** An account was used: the following ones are watched, too. */
    private void inUse(int number) {
        for (int i = number; i <= Math.min(WalletAccounts.LAST, number + ACCOUNTS_AHEAD); i++) {
            account(i);
        }
    }

    private void watch(int number, Account account, int chain) {
        int until = account.next[chain] + gap;
        for (int i = account.watched[chain]; i < until; i++) {
            programs.put(ByteBuffer.wrap(HdKeys.program(account.key, chain, i)), new KeyRef(number, chain, i));
        }
        account.watched[chain] = Math.max(account.watched[chain], until);
    }

    /** The key of an address; empty if it is not ours. @param program 20 bytes */
    Optional<KeyRef> find(byte[] program) {
        return Optional.ofNullable(programs.get(ByteBuffer.wrap(program)));
    }

    /** Restores a chain from its record. */
    void load(WalletRecords.Given kept) {
        given(kept.account(), kept.chain(), kept.next());
        Account of = account(kept.account());
        of.settled[kept.chain()] = kept.settled();
        of.back.addAll(kept.back());
    }

    /** The records of the chains that changed since the last call. */
    List<WalletRecords.Given> takeChanged() {
        List<WalletRecords.Given> all = new ArrayList<>();
        for (KeyRef ref : changed) {
            Account of = account(ref.account());
            List<Integer> back = ref.chain() == KeyRef.CHANGE ? List.copyOf(of.back) : List.of();
            all.add(new WalletRecords.Given(
                    ref.account(), ref.chain(), of.next[ref.chain()], of.settled[ref.chain()], back));
        }
        changed.clear();
        return all;
    }

    private void changed(int account, int chain) {
        changed.add(new KeyRef(account, chain, 0));
    }

    /**
     * The next address to show.
     *
     * @param mined the index after the last one that appeared in a block
     * @return its index; empty if a restored wallet might miss payments to it
     */
    OptionalInt external(int account, int mined) {
        int next = account(account).next[KeyRef.EXTERNAL];
        return next < mined + gap ? OptionalInt.of(next) : OptionalInt.empty();
    }

    /**
     * The next change address: a returned one, or a new one.
     *
     * @param mined the index after the last one that appeared in a block
     * @return its index; empty if a restored wallet might miss payments to it
     */
    OptionalInt change(int account, int mined) {
        Account of = account(account);
        int index = of.back.isEmpty() ? of.next[KeyRef.CHANGE] : of.back.first();
        return index < mined + gap ? OptionalInt.of(index) : OptionalInt.empty();
    }

    /** The key hash of an address. */
    byte[] program(KeyRef ref) {
        return HdKeys.program(account(ref.account()).key, ref.chain(), ref.index());
    }

    /** Records that addresses below this index were issued. */
    void given(int account, int chain, int next) {
        inUse(account);
        Account of = account(account);
        if (next > of.next[chain]) {
            of.next[chain] = next;
            changed(account, chain);
        }
        watch(account, of, chain);
    }

    /** Records that a transaction pays to an address: neither it nor an earlier one is issued any more. */
    void used(KeyRef ref) {
        given(ref.account(), ref.chain(), ref.index() + 1);
        if (ref.chain() == KeyRef.CHANGE && account(ref.account()).back.remove(ref.index())) {
            changed(ref.account(), ref.chain());
        }
    }

    /** Returns a change index of a payment that nobody has seen. */
    void giveBack(KeyRef ref) {
        account(ref.account()).back.add(ref.index());
        changed(ref.account(), ref.chain());
    }

    /** Records that an address appeared in a block so long ago that the payment is forgotten. */
    void settled(KeyRef ref) {
        Account of = account(ref.account());
        if (ref.index() >= of.settled[ref.chain()]) {
            of.settled[ref.chain()] = ref.index() + 1;
            changed(ref.account(), ref.chain());
        }
    }

    /** The index after the last one that was {@link #settled}. */
    int settled(int account, int chain) {
        return account(account).settled[chain];
    }
}
