package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.PartylineException;

/** Pairwise sessions with contacts (PROTOCOL 6). A service. All need an open store. */
@ProviderType
public interface Sessions {
    /** Where a session stands. */
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

    /** Sessions of a persona that are not {@link State#NONE}. @param persona empty: the current one */
    List<Session> list(Optional<String> persona) throws PartylineException;

    /** Tells the other side and erases the keys; what is still on its way to us is read for 24 hours. */
    Session close(Optional<String> persona, String contact) throws PartylineException;

    /**
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
            boolean rekeying) {}
}
