package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A packet's way in, with plain neighbours. */
class ReadingTest {
    private final ReceiveBench bench = new ReceiveBench();
    private Speaker bob;

    @BeforeEach
    void join() throws Exception {
        bob = new Speaker(bench.stage, bench.join("lobby"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void whatIsSaidOnAChainIsKeptAndToldOnce() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"), bob.onChain(seed, 0, bob.text("two")));
        bench.network.mine();
        bench.settle();
        assertEquals(List.of("one", "two"), bench.texts());
        bench.assertTold("one", "two");
    }

    @Test
    void itGoesOnWhereItWasAfterARestart() throws Exception {
        byte[] seed = bob.newSeed();
        bench.hear(bob.opener(seed, "bob", "one"));
        bench.restart();
        bench.hear(bob.onChain(seed, 0, bob.text("two")));
        assertEquals(List.of("one", "two"), bench.texts());
    }
}
