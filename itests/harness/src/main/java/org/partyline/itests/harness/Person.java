package org.partyline.itests.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A persona of a server, with its owner's actions: hands out its card, adds contacts by their cards, writes to them in
 * sessions. Contacts have the other persona's own name.
 */
public final class Person {
    private final Operator operator;
    private final String name;
    private final String account;

    private Person(Operator operator, String name, String account) {
        this.operator = operator;
        this.name = name;
        this.account = account;
    }

    /** Creates a persona of a server, without coins. */
    public static Person create(Operator operator, String name) {
        JsonNode made = operator.server().json("persona-create", name);
        return new Person(operator, name, made.get("account").asText());
    }

    /** Returns the persona that a server was set up with, or that was imported from a backup. */
    public static Person of(Operator operator, String name) {
        return new Person(operator, name, "");
    }

    /** Gives a new persona coins. @param wallet of the server's first persona @param amount satoshi, of each coin */
    public Person fund(RegtestNode node, String wallet, int coins, long amount) {
        // Requesting an address creates the persona's wallet.
        json("wallet-address");
        node.fund(wallet + "-" + account, coins, amount);
        return this;
    }

    public String name() {
        return name;
    }

    public Operator operator() {
        return operator;
    }

    /** Runs one of our commands for this persona. @param words as for {@link PartylineServer#json} */
    public JsonNode json(String... words) {
        return operator.server().json(mine(words));
    }

    /** Runs one of our commands for this persona, which must be rejected. @return why */
    public String refusal(String... words) {
        return operator.server().refusal(mine(words));
    }

    private String[] mine(String... words) {
        List<String> all = new ArrayList<>(Arrays.asList(words));
        all.addAll(1, List.of("--persona", name));
        return all.toArray(String[]::new);
    }

    /** Returns its contact card. */
    public String card() {
        return operator.server().json("persona-card", name).get("card").asText();
    }

    /** Returns the identifier of its keys, by which its messages are signed. */
    public String senderId() {
        return Operator.elements(operator.server().json("persona-list").get("personas"))
                .filter(each -> each.get("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .get("sender_id")
                .asText();
    }

    /** Adds a contact by their card. @return the command's output */
    public JsonNode know(Person other) {
        return json("contact-add", other.card());
    }

    /** Returns a contact as {@code contact-list} shows it. */
    public JsonNode contact(String contact) {
        return contacts()
                .filter(each -> each.get("name").asText().equals(contact))
                .findFirst()
                .orElseThrow(() -> new AssertionError(this + " has no contact " + contact));
    }

    /** Returns its contacts. */
    public Stream<JsonNode> contacts() {
        return Operator.elements(json("contact-list").get("contacts"));
    }

    /** Writes to a contact. @param options of {@code send} @return the message's number */
    public long write(String contact, String text, String... options) {
        return json(Stream.concat(Stream.of("send", "--to", contact, text), Arrays.stream(options))
                        .toArray(String[]::new))
                .get("id")
                .asLong();
    }

    /** Returns the messages with a contact, newest last; including notices. */
    public List<JsonNode> messages(String contact) {
        return Operator.elements(json("messages", "--contact", contact).get("messages"))
                .toList();
    }

    /** Returns a contact's messages, newest last. */
    public List<JsonNode> received(String contact) {
        return messages(contact).stream()
                .filter(message -> message.get("direction").asText().equals("in"))
                .filter(message -> !message.get("notice").asBoolean())
                .toList();
    }

    /** Returns the texts of a contact's messages, newest last. */
    public List<String> texts(String contact) {
        return received(contact).stream()
                .map(message -> message.get("text").asText())
                .toList();
    }

    /** Returns the texts of the notices in the conversation with a contact, newest last. */
    public List<String> notices(String contact) {
        return messages(contact).stream()
                .filter(message -> message.get("notice").asBoolean())
                .map(message -> message.get("text").asText())
                .toList();
    }

    /** Waits until a contact's message with a text has arrived. @return it */
    public JsonNode awaitText(String contact, String text) {
        return awaitMessage(
                contact,
                "the message '" + text + "'",
                message -> message.get("text").asText().equals(text));
    }

    /** Waits until a contact's message has arrived. @param what its description, for the failure message @return it */
    public JsonNode awaitMessage(String contact, String what, Predicate<JsonNode> wanted) {
        return Wait.forAnswer(
                what + " at " + this,
                () -> received(contact).stream().filter(wanted).findFirst());
    }

    /** Returns the session with a contact as {@code session-list} shows it; empty if there never was one. */
    public Optional<JsonNode> session(String contact) {
        return Operator.elements(json("session-list").get("sessions"))
                .filter(session -> session.get("contact").asText().equals(contact))
                .findFirst();
    }

    /**
     * Waits until the session with a contact meets a condition. @param what the condition, for the failure message
     * @return it
     */
    public JsonNode awaitSession(String contact, String what, Predicate<JsonNode> wanted) {
        return Wait.forAnswer(
                "the session of " + this + " with " + contact + " " + what,
                () -> session(contact).filter(wanted));
    }

    /** Waits until the session with a contact is in a state. @return it */
    public JsonNode awaitSession(String contact, String state) {
        return awaitSession(
                contact, "is " + state, session -> session.get("state").asText().equals(state));
    }

    /**
     * Returns the outbox entries for a contact, oldest first, in any state.
     *
     * @param kind {@code message}, {@code handshake}, {@code answer}, {@code key update} or {@code control}
     */
    public List<JsonNode> outgoing(String contact, String kind) {
        return Operator.elements(operator.server().json("outbox", "--all").get("outbox"))
                .filter(each -> each.get("persona").asText().equals(name)
                        && each.get("direct").asBoolean()
                        && each.get("channel").asText().equals(contact)
                        && each.get("kind").asText().equals(kind))
                .toList();
    }

    /** Waits until the newest outbox entry for a contact is in one of some states. @return it */
    public JsonNode awaitOutgoing(String contact, String kind, String... states) {
        return Wait.forAnswer(
                "the " + kind + " of " + this + " to " + contact + " in state " + String.join(" or ", states), () -> {
                    List<JsonNode> all = outgoing(contact, kind);
                    return all.isEmpty()
                            ? Optional.empty()
                            : Optional.of(all.get(all.size() - 1))
                                    .filter(last -> List.of(states)
                                            .contains(last.get("state").asText()));
                });
    }

    @Override
    public String toString() {
        return name + " of " + operator.server();
    }
}
