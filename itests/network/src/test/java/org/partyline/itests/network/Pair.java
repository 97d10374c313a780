package org.partyline.itests.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.partyline.itests.harness.Person;

/** Two people who may become each other's contacts. */
record Pair(Person alice, Person bob) {
    static final String HANDSHAKE = "handshake";
    static final String ANSWER = "answer";
    static final String KEY_UPDATE = "key update";
    static final String MESSAGE = "message";
    static final String OPEN = "open";
    static final String CLOSED = "closed";
    static final String REKEY_MESSAGES = "rekey-messages";

    Pair meet() {
        alice.know(bob);
        bob.know(alice);
        return this;
    }

    /** Alice sends the first message, and Bob reads it. */
    Pair talk() {
        alice.write(bob.name(), "the first words");
        bob.awaitText(alice.name(), "the first words");
        return this;
    }

    void awaitSession() {
        alice.awaitSession(bob.name(), OPEN);
        bob.awaitSession(alice.name(), OPEN);
    }

    void awaitRenewed() {
        alice.awaitSession(bob.name(), "has new keys", Pair::isRenewed);
        bob.awaitSession(alice.name(), "has new keys", Pair::isRenewed);
    }

    private static boolean isRenewed(JsonNode session) {
        return !session.get("last_rekey").isNull() && !session.get("rekeying").asBoolean();
    }

    /** Checks that messages pass both ways. */
    void assertTalks(String about) {
        alice.write(bob.name(), "from alice, " + about);
        bob.awaitText(alice.name(), "from alice, " + about);
        bob.write(alice.name(), "from bob, " + about);
        alice.awaitText(bob.name(), "from bob, " + about);
    }

    static JsonNode only(List<JsonNode> list) {
        assertEquals(1, list.size(), list::toString);
        return list.get(0);
    }
}
