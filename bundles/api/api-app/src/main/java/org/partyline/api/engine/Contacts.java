package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.settings.ReceiptMode;

/** Manages the contacts of personas. A service. All need an open store. */
@ProviderType
public interface Contacts {
    /** The trust in a contact's keys. */
    enum Trust {
        /** Nobody compared the safety number. */
        UNVERIFIED,
        /** The operator compared the safety number. */
        VERIFIED,
        /** Was verified; has new keys since, after a compromise of the old ones: to be verified again. */
        ROTATED
    }

    /** Contacts of a persona, by name. @param persona empty: the current one */
    List<Contact> list(Optional<String> persona) throws PartylineException;

    /** Contacts of every persona. */
    List<Contact> listAll() throws PartylineException;

    /** @throws NoSuchThingException when there is none of that name */
    Contact get(Optional<String> persona, String name) throws PartylineException;

    /**
     * Adds a contact by its card. A session that its owner has asked for before is answered, where that was not too long ago.
     * Another contact's card may show the same X25519 key: only one of the two can have it, and {@link Contact#sharing} tells.
     *
     * @param card {@code plcard1…}
     * @param name 1 to 32 bytes of UTF-8; empty: the nickname of the card
     * @throws NoSuchThingException when the card is damaged, our own, or known already, when it shows a key of our own, or the
     *     name is taken
     */
    Contact add(Optional<String> persona, String card, Optional<String> name) throws PartylineException;

    /** The safety number: twelve groups of five digits. @throws NoSuchThingException when the contact's card is not known */
    String safetyNumber(Optional<String> persona, String name) throws PartylineException;

    /** Records whether the numbers were the same. @param same false makes the contact unverified, and is audited */
    Contact verify(Optional<String> persona, String name, boolean same) throws PartylineException;

    /** Gives a contact another name here. */
    Contact rename(Optional<String> persona, String name, String newName) throws PartylineException;

    /**
     * Gives a contact a separate wallet account: messages to it spend coins that pay for nothing else.
     *
     * @param account 1 to 24 lower-case letters, digits and hyphens, beginning with a letter; empty: the persona's account again
     * @throws NoSuchThingException when the account is a persona's, or is used by a contact of another one
     */
    Contact setAccount(Optional<String> persona, String name, String account) throws PartylineException;

    /** Sends a contact receipts in another way than is set for all. */
    Contact setReceipts(Optional<String> persona, String name, ReceiptMode receipts) throws PartylineException;

    /** Lets messages to a contact wait until its session is protected against a later attack on X25519 (PROTOCOL 6.2), or not. */
    default Contact requirePostQuantum(Optional<String> persona, String name, boolean required)
            throws PartylineException {
        throw new PartylineException("this engine does not protect sessions");
    }

    /** Who asked for a session and is no contact, the oldest first. @param persona empty: the current one */
    List<Waiting> waiting(Optional<String> persona) throws PartylineException;

    /**
     * A person who has a persona's card, requested a session and was not answered.
     *
     * @param persona whose card
     * @param network where
     * @param key the X25519 key of the card that is to be added, 64 hex digits
     * @param since when the last request came
     */
    record Waiting(String persona, Network network, String key, Instant since) {}

    /** Ends the session and erases the contact, its keys and its messages. */
    void remove(Optional<String> persona, String name) throws PartylineException;

    /**
     * A contact of a persona.
     *
     * @param persona whose
     * @param name here
     * @param network where
     * @param trust how far
     * @param card whether the card is known; not so for a stranger who opened a session
     * @param senderId 16 hex digits; empty when the card is not known
     * @param added when
     * @param session state of the session
     * @param unread messages not shown yet
     * @param lastMessage when the last one came or went
     * @param sharing names of contacts whose cards show the same X25519 key: only one of them can have it
     * @param account of the wallets that pays for what goes to it; empty: the persona's
     * @param receipts when it is sent receipts; empty: as is set for all
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
