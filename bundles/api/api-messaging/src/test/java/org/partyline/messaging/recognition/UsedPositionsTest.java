package org.partyline.messaging.recognition;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.SecretBytes;

/** Used positions of channels' chains are remembered within bounds, and their secrets wiped. */
class UsedPositionsTest {
    private static final Instant START = Instant.ofEpochSecond(1_000_000);

    private final ChainTable chains = new ChainTable(new Unmatched(), chain -> Optional.empty());
    private final List<SecretBytes> secrets = new ArrayList<>();

    private void use(long hint, int chain, Instant started) {
        SecretBytes secret = SecretBytes.wrap(new byte[32]);
        secrets.add(secret);
        chains.use(hint, new ChainTable.Used(chain, started, secret, 0));
    }

    private void assertWiped(int number) {
        assertThrows(IllegalStateException.class, secrets.get(number)::expose);
    }

    @Test
    void theOldestOfTooManyIsForgotten() {
        for (int i = 0; i <= ChainTable.MOST_USED; i++) {
            use(i, 1, START);
        }
        assertNull(chains.used(0));
        assertNotNull(chains.used(1));
        assertWiped(0);
        secrets.get(1).expose();
    }

    @Test
    void oneOfTheSameLocatorReplacesTheFormer() {
        use(5, 1, START);
        use(5, 2, START);
        assertWiped(0);
        secrets.get(1).expose();
    }

    @Test
    void thoseOfAChainAreForgottenAndOthersAreNot() {
        use(5, 1, START);
        use(6, 2, START);
        chains.forgetUsed(1);
        assertNull(chains.used(5));
        assertWiped(0);
        assertNotNull(chains.used(6));
    }

    @Test
    void thoseOfChainsThatBeganBeforeATimeAreForgotten() {
        use(5, 1, START);
        use(6, 2, START.plusSeconds(1));
        chains.forgetUsedBefore(START.plusSeconds(1));
        assertNull(chains.used(5));
        assertWiped(0);
        assertNotNull(chains.used(6));
    }

    @Test
    void allAreWipedWithTheUnlockedState() {
        use(5, 1, START);
        chains.close();
        assertNull(chains.used(5));
        assertWiped(0);
    }
}
