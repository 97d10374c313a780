package org.partyline.chat.act;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.chat.model.Attention;
import org.partyline.chat.model.ConversationAddress;
import org.partyline.chat.model.State;
import org.partyline.chat.model.Status;
import org.partyline.chat.model.Talk;
import org.partyline.chat.model.Trust;

/** Keys that are pressed before the first conversation is loaded: a screen is faster than a store. */
class FirstConversationTest {
    private State state = State.empty(80, 24, Instant.parse("2026-11-24T10:00:00Z"));

    private List<Effect> happens(ChatEvent event) {
        Step step = Update.of(state, event);
        state = step.state();
        return step.wishes();
    }

    private void opened() {
        happens(new ChatEvent.Looked(new Status(
                Status.Store.OPEN,
                Set.of("home"),
                1,
                "1 sat/vB",
                "c",
                "",
                List.of("confirm"),
                List.of(),
                0,
                List.of())));
    }

    private List<Effect> listed(String wanted, String... names) {
        return happens(new ChatEvent.Talks(
                "alice",
                Stream.of(names)
                        .map(name -> new Talk(
                                new ConversationAddress(false, name),
                                name,
                                "",
                                Trust.NONE,
                                0,
                                Attention.USUAL,
                                Optional.empty(),
                                ""))
                        .toList(),
                Optional.of(wanted).filter(name -> !name.isEmpty()),
                Optional.empty()));
    }

    private void typed(String text) {
        text.chars().forEach(c -> happens(new ChatEvent.Pressed(Key.text(String.valueOf((char) c)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "market"})
    void theHelpStaysOpen(String wanted) {
        opened();
        happens(new ChatEvent.Pressed(Key.of(Key.Kind.HELP)));
        listed(wanted, "lobby", "market");
        assertEquals(Optional.of(HelpText.popup(ZoneOffset.UTC)), state.popup());
        assertEquals(wanted.isEmpty() ? "lobby" : wanted, state.current().get().name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "market"})
    void whatWasTypedStaysAndHasItsPrice(String wanted) {
        opened();
        typed("Hello Bob");
        List<Effect> wishes = listed(wanted, "lobby", "market");
        assertEquals("Hello Bob", state.editor().text());
        assertTrue(
                wishes.stream()
                        .anyMatch(wish -> wish instanceof Effect.Price price
                                && price.text().equals("Hello Bob")),
                wishes::toString);
    }

    @Test
    void whatWasBegunForOneThatIsGoneIsNotForAnother() {
        opened();
        listed("", "lobby");
        typed("only for the lobby");
        listed("");
        assertEquals(Optional.empty(), state.current());
        listed("", "market");
        assertEquals("market", state.current().get().name());
        assertEquals("", state.editor().text());
    }
}
