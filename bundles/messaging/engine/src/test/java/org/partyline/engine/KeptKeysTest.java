package org.partyline.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.store.StoreException;
import org.partyline.engine.conversation.MembershipRecord;
import org.partyline.engine.conversation.ReceiveChainRecord;
import org.partyline.engine.kernel.Days;
import org.partyline.engine.store.Tables;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.messaging.TestNetwork;

/** How long roots and chains of a channel are kept: whoever takes the files later is to read no more than that. */
class KeptKeysTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node node = network.node("b");
    private TestServer bob;
    private Insider mallory;
    private byte[] seed;

    @BeforeEach
    void aChainOfMallorys() throws Exception {
        bob = TestServer.fresh(clock, node);
        bob.settings.set("default-ttl", "7d");
        bob.join("lobby", Mode.RATCHET);
        mallory = new Insider(network, clock, "lobby");
        seed = mallory.newSeed();
        mallory.openChain(seed, "mallory", "hello");
        TestServer.await("hello", () -> bob.received().contains("hello"));
    }

    @AfterEach
    void close() {
        bob.close();
    }

    /** Lets time pass, in which a block is made and read. */
    private void live(Duration time) throws Exception {
        clock.pass(time);
        network.mine();
        bob.read();
        bob.keep();
    }

    private int rootAge() throws StoreException {
        int day = bob.store.transact(tx -> Tables.all(tx, MembershipRecord.TABLE, MembershipRecord.class)
                .get(0)
                .rootDay());
        return Days.of(clock.instant()) - day;
    }

    private long chains() throws StoreException {
        return bob.store.transact(tx -> tx.count(ReceiveChainRecord.TABLE));
    }

    @Test
    void theRootsBeforeYesterdaysAreErased() throws Exception {
        live(Duration.ofDays(1));
        assertEquals(1, rootAge());
        live(Duration.ofDays(5));
        assertEquals(1, rootAge());
    }

    @Test
    void theRootsOfDaysThatWereNotReadAreKeptForTheTimeOfCatchUpAndNotLonger() throws Exception {
        bob.close();
        clock.pass(Duration.ofDays(10));
        bob = bob.restart();
        bob.read();
        bob.keep();
        assertEquals(11, rootAge(), "day by day all can be read");
        clock.pass(Duration.ofDays(10));
        bob.keep();
        assertEquals(14, rootAge());
    }

    @Test
    void aChainThatIsOverIsErased() throws Exception {
        live(Duration.ofHours(47));
        assertEquals(1, chains());
        live(Duration.ofHours(2));
        assertEquals(0, chains());
    }

    @Test
    void theKeysOfPositionsThatWereSkippedAreKeptForADay() throws Exception {
        mallory.sendOnChain(seed, 5, mallory.text("five"), Insider.XCHACHA);
        bob.read();
        live(Duration.ofHours(23));
        mallory.sendOnChain(seed, 2, mallory.text("two"), Insider.XCHACHA);
        bob.read();
        assertEquals(List.of("hello", "five", "two"), bob.received());
        live(Duration.ofHours(2));
        mallory.sendOnChain(seed, 3, mallory.text("three"), Insider.XCHACHA);
        mallory.sendOnChain(seed, 6, mallory.text("six"), Insider.XCHACHA);
        bob.read();
        assertEquals(List.of("hello", "five", "two", "six"), bob.received());
    }
}
