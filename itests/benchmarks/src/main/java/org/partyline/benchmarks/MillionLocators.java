package org.partyline.benchmarks;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.partyline.api.SecretBytes;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.ratchet.PartylineChains;

/**
 * A program that expects a million locators of receivers' chains, which all stay alive, in a JVM with the configured
 * heap, and prints the bytes of heap in use at the end.
 */
public final class MillionLocators {
    static final int LOCATORS = 1_000_000;

    private MillionLocators() {}

    /** @param arguments none */
    public static void main(String[] arguments) {
        print(System.out, build(LOCATORS));
    }

    private static void print(PrintStream out, Built built) {
        System.gc();
        long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        // After the measurement, so that nothing is garbage-collected before it.
        if (!built.expectsAll()) {
            throw new IllegalStateException("not every locator is found");
        }
        out.println(used);
    }

    /** Creates as many chains as needed. */
    static Built build(int locators) {
        Chains service = new PartylineChains();
        Random random = new Random(4);
        LocatorTable table = service.newLocatorTable();
        List<ReceiveChain> chains = new ArrayList<>();
        while (table.size() < locators) {
            byte[] key = new byte[32];
            random.nextBytes(key);
            try (SecretBytes chainKey = SecretBytes.wrap(key)) {
                ReceiveChain chain = service.receive(chainKey, Instant.EPOCH);
                int number = chains.size();
                chain.forEachExpected((position, hint) -> table.add(hint, number, position));
                chains.add(chain);
            }
        }
        return new Built(table, chains);
    }

    record Built(LocatorTable table, List<ReceiveChain> chains) {
        boolean expectsAll() {
            int[] found = {0};
            for (int number = 0; number < chains.size(); number++) {
                int chain = number;
                chains.get(number)
                        .forEachExpected((position, hint) -> table.find(hint, (foundChain, foundPosition) -> {
                            if (foundChain == chain && foundPosition == position) {
                                found[0]++;
                            }
                        }));
            }
            return found[0] == chains.size() * Chains.WINDOW && found[0] == table.size();
        }
    }
}
