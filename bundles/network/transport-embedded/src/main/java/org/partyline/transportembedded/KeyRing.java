package org.partyline.transportembedded;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bitcoinj.base.BitcoinNetwork;
import org.bitcoinj.base.SegwitAddress;
import org.bitcoinj.crypto.ChildNumber;
import org.bitcoinj.crypto.DeterministicKey;
import org.bitcoinj.crypto.ECKey;
import org.bitcoinj.crypto.HDKeyDerivation;

/**
 * The keys of all accounts, from one seed: m/84'/1'/account'/chain/index (BIP84). Addresses are created in small
 * batches, which are logged before the first of them is shown; the rest of a batch is never shown after a restart. So
 * no address is shown twice, and showing one needs no write. Guarded by the wallet, except for {@link #owns}.
 */
final class KeyRing {
    /** The chain of addresses that are shown. */
    static final int EXTERNAL = 0;
    /** The chain of change addresses. */
    static final int CHANGE = 1;

    private static final int BATCH = 20;
    private static final ChildNumber PURPOSE = new ChildNumber(84, true);
    private static final ChildNumber COIN = new ChildNumber(1, true);

    /** The position of a key. */
    private record KeyRef(String account, DeterministicKey chain, int index) {}

    private static final class Account {
        private final int number;
        private final DeterministicKey[] chains;
        private final int[] next = new int[2];
        private final List<Deque<String>> made = List.of(new ArrayDeque<>(), new ArrayDeque<>());

        Account(int number, DeterministicKey[] chains) {
            this.number = number;
            this.chains = chains;
        }
    }

    private final Ledger ledger;
    private final DeterministicKey coinKey;
    private final Map<String, Account> accounts = new HashMap<>();
    private final Map<String, KeyRef> keys = new ConcurrentHashMap<>();

    KeyRing(Ledger ledger) {
        this.ledger = ledger;
        DeterministicKey master = HDKeyDerivation.createMasterPrivateKey(ledger.seed());
        this.coinKey = HDKeyDerivation.deriveChildKey(HDKeyDerivation.deriveChildKey(master, PURPOSE), COIN);
        for (Records.Addresses kept : ledger.keptAddresses()) {
            learn(kept, account(kept.account(), kept.number()));
        }
    }

    private Account account(String name, int number) {
        return accounts.computeIfAbsent(name, n -> {
            DeterministicKey key = HDKeyDerivation.deriveChildKey(coinKey, new ChildNumber(number, true));
            return new Account(number, new DeterministicKey[] {
                HDKeyDerivation.deriveChildKey(key, EXTERNAL), HDKeyDerivation.deriveChildKey(key, CHANGE)
            });
        });
    }

    private void learn(Records.Addresses addresses, Account account) {
        int index = addresses.first();
        for (String program : addresses.programs()) {
            keys.put(program, new KeyRef(addresses.account(), account.chains[addresses.chain()], index++));
        }
        account.next[addresses.chain()] = Math.max(account.next[addresses.chain()], index);
    }

    /** A witness program that was never issued before, 40 hex digits. */
    String fresh(String name, int chain) throws IOException {
        Account account = account(name, accounts.size());
        Deque<String> made = account.made.get(chain);
        if (made.isEmpty()) {
            int first = account.next[chain];
            List<String> programs = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                ECKey key = HDKeyDerivation.deriveChildKey(account.chains[chain], first + i);
                programs.add(HexFormat.of().formatHex(key.getPubKeyHash()));
            }
            Records.Addresses batch = new Records.Addresses(account.number, name, chain, first, programs);
            ledger.keep(batch);
            learn(batch, account);
            made.addAll(programs);
        }
        return made.remove();
    }

    /** Whether a program belongs to an account. Any thread. */
    boolean owns(String account, String program) {
        KeyRef ref = keys.get(program);
        return ref != null && ref.account().equals(account);
    }

    /** The key of one of our programs. */
    Optional<ECKey> key(String program) {
        return Optional.ofNullable(keys.get(program)).map(r -> HDKeyDerivation.deriveChildKey(r.chain(), r.index()));
    }

    static String address(String program) {
        return SegwitAddress.fromProgram(
                        BitcoinNetwork.REGTEST, 0, HexFormat.of().parseHex(program))
                .toBech32();
    }
}
