package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Manages sessions with contacts (PROTOCOL 6). A service. All methods need an open store. */
@ProviderType
public interface Sessions {
    /** The state of a session. */
    enum State {
        /** There is no session; the next message opens one. */
        NONE,
        /** We offered a session and wait for the answer. */
        OPENING,
        /** Both sides have the session. */
        OPEN,
        /** One side closed the session; the next message opens a new one. */
        CLOSED
    }

    /**
     * Opens a session; does nothing if one is open or opening. Sending to a contact opens one automatically.
     *
     * @param persona empty: the current one
     * @throws NoSuchThingException if there is no such contact, or its card is not known
     */
    Session open(Optional<String> persona, String contact) throws PartylineException;

    /**
     * Opens a session that replaces the current one, because the other side has lost it, or another server with the
     * same keys took it over. New messages wait for the answer; messages that may be unread are marked.
     *
     * @param persona empty: the current one
     * @throws NoSuchThingException if there is no such contact, its card is not known, or the last offer is less than
     *     an hour old
     */
    Session openAgain(Optional<String> persona, String contact) throws PartylineException;

    /** Sessions of a persona that are not {@link State#NONE}. @param persona empty: the current one */
    List<Session> list(Optional<String> persona) throws PartylineException;

    /** Informs the other side and erases the keys; packets still on their way to us can be read for 24 hours. */
    Session close(Optional<String> persona, String contact) throws PartylineException;

    /**
     * The packets that {@link #protect} would send: their sizes in bytes, including the key update that completes the
     * exchange.
     *
     * @param persona empty: the current one
     * @throws NoSuchThingException if no session is open, it is already protected, or we have nothing to send now
     */
    default List<Integer> protectionPackets(Optional<String> persona, String contact) throws PartylineException {
        throw new PartylineException("this engine does not protect sessions");
    }

    /**
     * Runs a post-quantum key exchange now, in packets that are paid for, whatever the settings say (PROTOCOL 6.2).
     * Continues an exchange that is under way.
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
     * @param since since when it is protected; empty if it is not
     * @param done packets of the exchange under way that have been sent or received
     * @param packets all packets of the exchange under way, of both sides; 0: no exchange
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
     * @param persona its name
     * @param contact its name
     * @param state its state
     * @param initiator whether we opened it
     * @param suite the name of its cipher, once agreed; its code if no bundle provides it
     * @param since when it entered this state
     * @param sent the number of messages that we sent on it
     * @param received the number of messages that we received on it
     * @param lastRekey when its keys were last renewed
     * @param rekeying whether a KEY_UPDATE of ours waits for its answer
     * @param elsewhere when another server was found to use our keys with this contact; empty for never
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
