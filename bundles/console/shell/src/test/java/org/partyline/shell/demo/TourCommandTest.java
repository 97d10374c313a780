package org.partyline.shell.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.api.store.Store;
import org.partyline.shell.testing.FakeEngine;
import org.partyline.shell.testing.FakeSession;
import org.partyline.shell.testing.Runner;

@Timeout(60)
class TourCommandTest {
    private static final String SECOND = "CHACHA20_POLY1305";

    private final FakeEngine fake = new FakeEngine();

    private Runner runner(FakeSession session, Store.State state) {
        fake.state = state;
        fake.sealedWith = SECOND;
        fake.moreSuites.add(new Suite("aead", SECOND, true, true, true, 3, "", "active", List.of()));
        return new Runner(fake, session, fake.engine());
    }

    private List<String> personas() {
        return fake.personas.stream().map(Persona::name).toList();
    }

    @Test
    void fiveThingsAreDoneAndNothingOfItIsLeft() throws Exception {
        Runner runner = runner(FakeSession.withoutTerminal(), Store.State.OPEN);
        // Each message costs 40 sat more than announced: something was replaced.
        fake.fees.spent = (persona, since) -> persona.endsWith("alice") ? 81L * fake.sent.size() : 0;
        List<String> before = personas();
        JsonNode steps =
                new ObjectMapper().readTree(runner.run("tour", "--json")).get("steps");
        assertEquals(
                List.of("send", "burn", "recall", "roll", "swap"),
                java.util.stream.StreamSupport.stream(steps.spliterator(), false)
                        .map(step -> step.get("step").asText())
                        .toList());
        assertEquals("sealed with " + SECOND, steps.get(4).get("outcome").asText());
        assertEquals(81, steps.get(0).get("fee_sat").asLong());
        assertEquals(2 * 81, steps.get(3).get("fee_sat").asLong(), "both lines that rolled");
        assertEquals(
                81L * fake.sent.size(),
                java.util.stream.StreamSupport.stream(steps.spliterator(), false)
                        .mapToLong(step -> step.get("fee_sat").asLong())
                        .sum(),
                "all that the ledger has");
        assertEquals(before, personas());
        assertEquals("30s", fake.engine().configurations().get("roll-spacing").value());
        assertEquals(2, fake.suiteCalls.size());
        assertEquals("prefer [" + SECOND + "]", fake.suiteCalls.get(0));
        assertTrue(fake.suiteCalls.get(1).startsWith("prefer [XCHACHA20_POLY1305, " + SECOND), fake.suiteCalls.get(1));
        assertEquals(
                2,
                fake.sent.stream()
                        .filter(each -> each.carrier().equals(Optional.of(new Messages.Carrier("rolling"))))
                        .count());
        assertEquals(1, fake.sent.stream().filter(Messages.Send::burn).count());
    }

    @Test
    void whatSomebodySaysIsSaidAndEnterSaysWhatIsSuggested() throws Exception {
        FakeSession session =
                FakeSession.withTerminal(84, 60).answer("Guten Tag", "", "my slip", "", "one", "two", "", "three");
        String printed = runner(session, Store.State.OPEN).run("tour");
        assertEquals(
                List.of("Guten Tag", "The door code is 4711", "my slip", "one", "two", "three"),
                fake.sent.stream().map(Messages.Send::text).toList());
        assertTrue(printed.contains("Recalled: 1 transaction replaced, for 21 sat more."), printed);
    }

    @Test
    void withoutAStoreItSaysHowToGetOneAndMakesOneOnlyWhereThatIsWanted() throws Exception {
        Runner runner = runner(FakeSession.withoutTerminal(), Store.State.NEW);
        assertEquals(
                "Error: there is no store yet: create one with partyline:setup, or exit and start ./partyline "
                        + "tour, which needs none",
                runner.refusal("tour"));
        String printed = runner.run("tour", "--throwaway");
        assertTrue(printed.contains("nobody can open the store again"), printed);
        assertEquals(List.of("alice", "bob"), personas());
    }

    @Test
    void aLockedStoreIsSaid() {
        assertEquals(
                "Error: the store is locked: open it with partyline:unlock",
                runner(FakeSession.withoutTerminal(), Store.State.LOCKED).refusal("tour"));
    }

    @Test
    void whatCutsItOffLeavesNothingEither() {
        Runner runner = runner(FakeSession.withoutTerminal(), Store.State.OPEN);
        List<String> before = personas();
        fake.sentState = Messages.State.FAILED;
        fake.deaf = true;
        assertEquals("Error: message 101 was not sent, it is failed", runner.refusal("tour"));
        assertEquals(before, personas());
        assertTrue(fake.followers.isEmpty());
    }

    @Test
    void aCipherThatDidNotChangeIsNotSaidToHave() {
        Runner runner = runner(FakeSession.withoutTerminal(), Store.State.OPEN);
        fake.sealedWith = "XCHACHA20_POLY1305";
        String refusal = runner.refusal("tour");
        assertTrue(refusal.contains("was sealed with XCHACHA20_POLY1305, not with " + SECOND), refusal);
        assertFalse(personas().contains("tour-bob"));
        assertEquals(2, fake.suiteCalls.size());
    }
}
