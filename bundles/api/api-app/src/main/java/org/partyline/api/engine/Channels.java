package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfParameters;

/** Manages the channels of personas. A service. All need an open store. */
@ProviderType
public interface Channels {
    /** The mode of sealing a channel's messages. Everybody reads both. */
    enum Mode {
        /** On sender chains: cheap, with forward secrecy. */
        RATCHET,
        /** Each by itself: any member reads it with no earlier state; costs the key derivation each time. */
        OPEN
    }

    /** Channels of a persona, by name. */
    List<Channel> list(Optional<String> persona) throws PartylineException;

    /** Channels of every persona. */
    List<Channel> listAll() throws PartylineException;

    /**
     * Makes a channel with a random salt, and joins it.
     *
     * @param request what is wanted
     * @param passphrase at least 8 characters; still the caller's to wipe
     * @throws NoSuchThingException when the persona is in a channel of that name, or the network is not clear
     */
    Channel create(Create request, char[] passphrase) throws PartylineException;

    /**
     * What joining will take, without joining: to be shown before the passphrase is asked for (PROTOCOL 2.1). Needs no open
     * store.
     *
     * @param request as for {@link #join}
     * @throws NoSuchThingException when nobody should join: the invite cannot be read, or its key derivation is outside the
     *     limits, or not here, or needs more memory than this server can spare
     */
    Terms terms(Join request) throws PartylineException;

    /**
     * Joins a channel by passphrase alone, or by an invite.
     *
     * @param request what is wanted
     * @param passphrase still the caller's to wipe
     */
    Channel join(Join request, char[] passphrase) throws PartylineException;

    /**
     * What a persona that has just joined will read.
     *
     * @throws NoSuchThingException when the persona is in no channel of that name
     */
    Reading reading(Optional<String> persona, String name) throws PartylineException;

    /**
     * The number of sender chains of a channel that are read now.
     *
     * @param chains how many are read; what comes next on them is read at once
     * @param look what becomes of the others
     */
    record Reading(int chains, Look look) {}

    /** The state of searching the blocks of the last day for packets that opened a chain. */
    enum Look {
        /** It was done, or nothing is older than what was read anyway. */
        DONE,
        /** Continues, or starts when a node is ready. */
        RUNNING,
        /** No node of the network tells blocks of before. */
        UNABLE
    }

    /**
     * Says by which carrier messages to a channel leave that do not name one.
     *
     * @param carrier empty: as the server's setting says
     * @throws NoSuchThingException when the persona is in no channel of that name
     */
    Channel carrier(Optional<String> persona, String name, Optional<Messages.Carrier> carrier)
            throws PartylineException;

    /**
     * Our next message in each channel begins a new chain, with a new key: who knows the keys of now, and not the channel's
     * passphrase or root, does not know those.
     *
     * @return how many chains end
     */
    default int beginNewChains() throws PartylineException {
        throw new PartylineException("this engine does not start new chains on request");
    }

    /** Leaves a channel and erases its keys; its messages go with it. */
    void leave(Optional<String> persona, String name) throws PartylineException;

    /** The invite of a channel, {@code plchan1…}. It does not hold the passphrase. */
    String invite(Optional<String> persona, String name) throws PartylineException;

    /**
     * The parameters of a new channel.
     *
     * @param persona empty: the current one
     * @param name 1 to 64 bytes of UTF-8
     * @param mode how we send
     * @param kdf what a guess of the passphrase costs
     * @param network empty: that of the nodes, when they agree
     * @param carrier of messages that do not name one; empty: as the server's setting says
     */
    record Create(
            Optional<String> persona,
            String name,
            Mode mode,
            KdfParameters kdf,
            Optional<Network> network,
            Optional<Messages.Carrier> carrier) {
        /** By the carrier that is configured. */
        public Create(Optional<String> persona, String name, Mode mode, KdfParameters kdf, Optional<Network> network) {
            this(persona, name, mode, kdf, network, Optional.empty());
        }
    }

    /**
     * The parameters for joining a channel.
     *
     * @param persona empty: the current one
     * @param nameOrInvite a name, or an invite in any case
     * @param mode how we send
     * @param kdf for a channel joined by name; an invite brings its own
     * @param network empty: that of the nodes, when they agree; an invite brings its own
     * @param carrier of messages that do not name one; empty: as the server's setting says
     */
    record Join(
            Optional<String> persona,
            String nameOrInvite,
            Mode mode,
            Optional<KdfParameters> kdf,
            Optional<Network> network,
            Optional<Messages.Carrier> carrier) {
        /** By the carrier that is configured. */
        public Join(
                Optional<String> persona,
                String nameOrInvite,
                Mode mode,
                Optional<KdfParameters> kdf,
                Optional<Network> network) {
            this(persona, nameOrInvite, mode, kdf, network, Optional.empty());
        }
    }

    /**
     * The requirements for joining a channel: its network and key derivation.
     *
     * @param name the channel's
     * @param network where; empty: that of the nodes, when they agree
     * @param kdf what a guess of the passphrase costs
     */
    record Terms(String name, Optional<Network> network, KdfParameters kdf) {
        /** Whether a search for the passphrase costs less than in a channel with the defaults. */
        public boolean isWeakerThanDefault() {
            return KdfLimits.isWeakerThanDefault(kdf);
        }
    }

    /**
     * A channel of a persona.
     *
     * @param persona whose
     * @param name its name
     * @param network where it is
     * @param mode how we send
     * @param carrier of messages that do not name one; empty: as the server's setting says
     * @param kdf its key derivation
     * @param startDay E0, in days since 1970-01-01
     * @param unread messages not shown yet
     * @param lastMessage when the last one came or went
     * @param senders nicknames heard of on running chains
     */
    record Channel(
            String persona,
            String name,
            Network network,
            Mode mode,
            Optional<Messages.Carrier> carrier,
            KdfParameters kdf,
            int startDay,
            int unread,
            Optional<Instant> lastMessage,
            List<String> senders) {
        public Channel {
            senders = List.copyOf(senders);
        }
    }
}
