package org.partyline.shell.testing;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.partyline.api.Network;
import org.partyline.api.transport.LocalWallets;
import org.partyline.api.transport.WalletException;

/** At most one wallet of the server's own. */
public final class FakeLocalWallets implements LocalWallets {
    /** The progress reported by the wallets, one after another; the last one forever. */
    public final Deque<LocalWallets.Progress> readings = new ArrayDeque<>();

    public final Map<String, String> labels = new LinkedHashMap<>();
    public final List<String> accountsLookedFor = new ArrayList<>();

    private final List<String> calls;
    private final Consumer<char[]> secrets;

    /**
     * @param calls records the calls
     * @param secrets receives each array that was passed in or out
     */
    FakeLocalWallets(List<String> calls, Consumer<char[]> secrets) {
        this.calls = calls;
        this.secrets = secrets;
    }

    @Override
    public List<Progress> list() {
        if (readings.isEmpty()) {
            return List.of();
        }
        return List.of(readings.size() > 1 ? readings.remove() : readings.peek());
    }

    @Override
    public char[] create(Network network, int words) throws WalletException {
        if (words != 12 && words != 24) {
            throw new WalletException("a wallet has 12, 15, 18, 21 or 24 words, not " + words);
        }
        calls.add("wallet " + network.label() + " " + words);
        readings.clear();
        readings.add(Samples.reading(network, -1, -1));
        char[] made = Samples.WORDS.toCharArray();
        secrets.accept(made);
        return made;
    }

    @Override
    public void restore(Network network, char[] words, Optional<Instant> birthday, List<String> accounts)
            throws WalletException {
        accountsLookedFor.addAll(accounts);
        secrets.accept(words);
        if (new String(words).startsWith("wrong")) {
            throw new WalletException("word 1 is not in the BIP39 list: check its spelling");
        }
        calls.add("restore " + network.label() + birthday.map(day -> " " + day).orElse(""));
        if (readings.isEmpty()) {
            readings.add(Samples.reading(network, 0, -1));
        }
    }

    @Override
    public char[] words(Network network) {
        char[] words = Samples.WORDS.toCharArray();
        secrets.accept(words);
        return words;
    }

    @Override
    public void rescan(Network network, Optional<Instant> since) {
        calls.add("rescan " + network.label() + since.map(day -> " " + day).orElse(""));
    }

    @Override
    public void label(Network network, String address, String label) throws WalletException {
        if (!address.endsWith("x") && !address.endsWith("0")) {
            throw new WalletException("that address does not belong to wallet local");
        }
        if (label.isEmpty()) {
            labels.remove(address);
        } else {
            labels.put(address, label);
        }
    }

    @Override
    public Map<String, String> labels(Network network) {
        return new LinkedHashMap<>(labels);
    }
}
