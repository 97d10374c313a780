package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Manages sessions with contacts (PROTOCOL 6). A service. All need an open store. */
@ProviderType
public interface Sessions {
    /** The state of a session. */
    enum State {
        /** There is none; the next message opens one. */
        NONE,
        /** We offered one and wait for the answer. */
        OPENING,
        /** Both sides have it. */
        OPEN,
        /** One side ended it; the next message opens a new one. */
        CLOSED
    }

    /**
     * Opens a session; does nothing when one is open or opening. Sending to a contact does it by itself.
     *
     * @param persona empty: the current one
     * @throws NoSuchThingException when there is no such contact, or its card is not known
     */
    Session open(Optional<String> persona, String contact) throws PartylineException;

    /**
     * Opens a session that replaces the current one, because the other side has lost it, or another server with the
     * same keys took it over. New messages wait for the answer; messages that may not have been read are marked.
     *
     * @param persona empty: the current one
     * @throws NoSuchThingException when there is no such contact, its card is not known, or the last offer is less than an hour old
     */
    Session openAgain(Optional<String> persona, String contact) throws PartylineException;

    /** Sessions of a persona that are not {@link State#NONE}. @param persona empty: the current one */
    List<Session> list(Optional<String> persona) throws PartylineException;

    /** Tells the other side and erases the keys; what is still on its way to us is read for 24 hours. */
    Session close(Optional<String> persona, String contact) throws PartylineException;

    /**
     * What {@link #protect} would have us send: the sizes of its packets in bytes, with the key update that ends the exchange.
     *
     * @param persona empty: the current one
     * @throws NoSuchThingException when no session is open, it is protected already, or nothing is to be sent by us now
     */
    default List<Integer> protectionPackets(Optional<String> persona, String contact) throws PartylineException {
        throw new PartylineException("this engine does not protect sessions");
    }

    /**
     * Runs a post-quantum key exchange now, in packets that are paid for, whatever is set (PROTOCOL 6.2). What of it is under way goes on.
     *
     * @param persona empty: the current one
     * @throws NoSuchThingException as {@link #protectionPackets}
     */
    default Session protect(Optional<String> persona, String contact) throws PartylineException {
        throw new PartylineException("this engine does not protect sessions");
    }

    /**
     * The protection of a session against a future attack on X25519 (PROTOCOL 6.2).
     *
     * @param since when it has been; empty: it is not
     * @param done packets of the exchange under way that have left or arrived
     * @param packets of the exchange under way, both sides' in all; 0: none is under way
     */
    record Protection(Optional<Instant> since, int done, int packets) {
        /** Not protected, and no exchange under way. */
        public static final Protection NONE = new Protection(Optional.empty(), 0, 0);

        /** Whether an exchange is under way. */
        public boolean isUnderWay() {
            return packets > 0;
        }
    }

    /**
     * A session with a contact.
     *
     * @param persona whose
     * @param contact with whom
     * @param state where it stands
     * @param initiator whether we opened it
     * @param suite the name of its cipher, once agreed; its code where no bundle here has it
     * @param since when it came to this state
     * @param sent messages on it, ours
     * @param received messages on it, theirs
     * @param lastRekey when its keys were last renewed
     * @param rekeying a KEY_UPDATE of ours waits for its answer
     * @param elsewhere when another server was found to use our keys with this contact; empty: none was
     * @param protection whether it is protected against a later attack on X25519
     */
    record Session(
            String persona,
            String contact,
            State state,
            boolean initiator,
            Optional<String> suite,
            Instant since,
            long sent,
            long received,
            Optional<Instant> lastRekey,
            boolean rekeying,
            Optional<Instant> elsewhere,
            Protection protection) {}
}
