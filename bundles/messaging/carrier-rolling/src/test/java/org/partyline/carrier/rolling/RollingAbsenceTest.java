package org.partyline.carrier.rolling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.PacketState;

/** The rolling carrier stops while messages are in flight, and another instance returns. */
class RollingAbsenceTest {
    private RollingBench roll;

    @BeforeEach
    void open() throws Exception {
        roll = new RollingBench();
    }

    @Test
    void whatIsSentWhileItIsAwayGoesInTheSameRollingTransaction() throws Exception {
        roll.say();
        long meanwhile = roll.write();
        roll.come();
        roll.pass();
        assertEquals(List.of(meanwhile), roll.carried(roll.waiting()));
        assertEquals(1, roll.coins().size(), "one coin");
        assertEquals(2, roll.bench.handed.size(), "two versions");
    }

    @Test
    void aVersionThatIsMinedMeanwhileIsDealtWithWhenItReturns() throws Exception {
        long one = roll.say();
        long two = roll.say();
        roll.mineUntold(roll.waiting());
        assertEquals(PacketState.CONFIRMED, roll.state(two));
        assertEquals(1, roll.bench.kept(), "nobody is here who knows");
        roll.come();
        assertEquals(0, roll.bench.kept(), "the roll is over: its change may be spent");
        assertEquals(PacketState.REPLACED, roll.state(one));
        assertEquals(PacketState.CONFIRMED, roll.state(two));
        int handed = roll.bench.handed.size();
        roll.say();
        assertEquals(handed + 1, roll.bench.handed.size());
        assertEquals(2, roll.coins().size(), "with a coin of its own");
    }

    /** The block may contain an earlier version. */
    @Test
    void whatAnEarlierVersionLeftOutThatIsMinedMeanwhileRidesAgain() throws Exception {
        long one = roll.say();
        byte[] first = roll.waiting();
        long two = roll.say();
        roll.mineUntold(first);
        assertEquals(PacketState.CONFIRMED, roll.state(one));
        int handed = roll.bench.handed.size();
        roll.come();
        roll.pass();
        assertEquals(handed + 1, roll.bench.handed.size());
        assertEquals(List.of(two), roll.carried(roll.waiting()), "it is in another one");
        assertEquals(PacketState.RELAYED, roll.state(two));
    }

    @Test
    void aRecallThatHasBegunIsDoneByTheNextOne() throws Exception {
        long id = roll.say();
        roll.bench.keeping.add("bench");
        roll.bench.breaksOff = true;
        assertThrows(PartylineException.class, () -> roll.recall(id));
        roll.bench.keeping.clear();
        roll.bench.breaksOff = false;
        int handed = roll.bench.handed.size();
        roll.come();
        roll.pass();
        assertEquals(List.of(), roll.carried(roll.waiting()), "it is done");
        assertArrayEquals(roll.bench.handed.get(handed - 1), roll.bench.handed.get(handed), "the same bytes");
    }

    /** Like an update: the new instance may start before the old one has stopped. */
    @Test
    void oneTakesThePlaceOfAnotherInTheMiddleOfAConversation() throws Exception {
        for (int i = 0; i < 4; i++) {
            long id = roll.write();
            roll.come();
            roll.pass();
            assertTrue(roll.shown.contains(id));
        }
        assertEquals(1, roll.coins().size(), "one coin");
    }
}
