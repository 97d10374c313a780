package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.settings.ReceiptMode;

/** Manages the contacts of personas. A service. All methods need an open store. */
@ProviderType
public interface Contacts {
    /** The trust in a contact's keys. */
    enum Trust {
        /** The safety number was not compared. */
        UNVERIFIED,
        /** The operator compared the safety number. */
        VERIFIED,
        /** Was verified, and has new keys since, because the old ones were compromised: verify it again. */
        ROTATED
    }

    /** Contacts of a persona, by name. @param persona empty: the current one */
    List<Contact> list(Optional<String> persona) throws PartylineException;

    /** Contacts of every persona. */
    List<Contact> listAll() throws PartylineException;

    /** @throws NoSuchThingException if there is no contact of that name */
    Contact get(Optional<String> persona, String name) throws PartylineException;

    /**
     * Adds a contact by its card. If its owner requested a session recently, the request is answered. Two contacts'
     * cards may show the same X25519 key, although only one of them can own it: see {@link Contact#sharing}.
     *
     * @param card {@code plcard1…}
     * @param name 1 to 32 bytes of UTF-8; empty: the nickname of the card
     * @throws NoSuchThingException if the card is damaged, our own or already known, if it shows a key of ours, or if
     *     the name is in use
     */
    Contact add(Optional<String> persona, String card, Optional<String> name) throws PartylineException;

    /**
     * The safety number: twelve groups of five digits. @throws NoSuchThingException if the contact's card is not known
     */
    String safetyNumber(Optional<String> persona, String name) throws PartylineException;

    /**
     * Records whether the numbers matched.
     *
     * @param number the safety number that was compared
     * @param same false marks the contact as unverified, and is audited
     * @throws NoSuchThingException if the contact's card is not known, or if the numbers matched and it has another
     *     number by now
     */
    Contact verify(Optional<String> persona, String name, String number, boolean same) throws PartylineException;

    /** Changes the local name of a contact. */
    Contact rename(Optional<String> persona, String name, String newName) throws PartylineException;

    /**
     * Gives a contact a separate wallet account: messages to it spend coins that pay for nothing else.
     *
     * @param account 1 to 24 lower-case letters, digits and hyphens, beginning with a letter; empty: the persona's
     *     account again
     * @throws NoSuchThingException if the account belongs to a persona, or to a contact of another persona
     */
    Contact setAccount(Optional<String> persona, String name, String account) throws PartylineException;

    /** Sets how a contact is sent receipts, instead of the general setting. */
    Contact setReceipts(Optional<String> persona, String name, ReceiptMode receipts) throws PartylineException;

    /**
     * Sets whether messages to a contact wait until its session is protected against a later attack on X25519 (PROTOCOL
     * 6.2).
     */
    default Contact requirePostQuantum(Optional<String> persona, String name, boolean required)
            throws PartylineException {
        throw new PartylineException("this engine does not protect sessions");
    }

    /**
     * Requests for sessions from people who are not contacts, the oldest first. @param persona empty: the current one
     */
    List<Waiting> waiting(Optional<String> persona) throws PartylineException;

    /**
     * A person who has a persona's card, requested a session and was not answered.
     *
     * @param persona the owner of the card
     * @param network the network of the request
     * @param key the X25519 key of the card to be added, 64 hex digits
     * @param since when the last request arrived
     */
    record Waiting(String persona, Network network, String key, Instant since) {}

    /** Erases the contact, its keys, session and messages. It is not told. */
    void remove(Optional<String> persona, String name) throws PartylineException;

    /**
     * A contact of a persona.
     *
     * @param persona its name
     * @param name the contact's local name
     * @param network the contact's network
     * @param trust the trust in its keys
     * @param card whether the card is known; false for a stranger who opened a session
     * @param senderId 16 hex digits; empty when the card is not known
     * @param added when it was added
     * @param session state of the session
     * @param unread messages that were not shown yet
     * @param lastMessage when the last message was sent or received
     * @param sharing names of contacts whose cards show the same X25519 key: only one of them can own it
     * @param account the wallet account that pays for messages to it; empty: the persona's
     * @param receipts how it is sent receipts; empty: by the general setting
     * @param protection whether its session is protected against a later attack on X25519
     * @param requiresPostQuantum whether messages to it wait until the session is protected
     */
    record Contact(
            String persona,
            String name,
            Network network,
            Trust trust,
            boolean card,
            String senderId,
            Instant added,
            Sessions.State session,
            int unread,
            Optional<Instant> lastMessage,
            List<String> sharing,
            String account,
            Optional<ReceiptMode> receipts,
            Sessions.Protection protection,
            boolean requiresPostQuantum) {}
}
