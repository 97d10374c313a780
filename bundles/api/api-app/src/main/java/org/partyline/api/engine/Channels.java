package org.partyline.api.engine;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfParameters;

/** Manages the channels of personas. A service. All methods need an open store. */
@ProviderType
public interface Channels {
    /** The way a channel's messages are sealed. Every member reads both. */
    enum Mode {
        /** On sender chains: cheap, with forward secrecy. */
        RATCHET,
        /**
         * Each message by itself: any member can read it without earlier state, at the cost of a key derivation each.
         */
        OPEN
    }

    /** Channels of a persona, by name. */
    List<Channel> list(Optional<String> persona) throws PartylineException;

    /** Channels of every persona. */
    List<Channel> listAll() throws PartylineException;

    /**
     * Creates a channel with a random salt and joins it.
     *
     * @param request the parameters
     * @param passphrase at least 8 characters; the caller wipes it
     * @throws NoSuchThingException if the persona is already in a channel of that name, or the network is ambiguous
     */
    Channel create(Create request, char[] passphrase) throws PartylineException;

    /**
     * Returns the cost of joining without joining, to be shown before asking for the passphrase (PROTOCOL 2.1). Needs
     * no open store.
     *
     * @param request as for {@link #join}
     * @throws NoSuchThingException if the channel should not be joined: the invite cannot be read, or its key
     *     derivation is outside the limits, unavailable, or needs more memory than this server can spare
     */
    Terms terms(Join request) throws PartylineException;

    /**
     * Joins a channel by passphrase alone, or by an invite.
     *
     * @param request the parameters
     * @param passphrase the caller wipes it
     */
    Channel join(Join request, char[] passphrase) throws PartylineException;

    /**
     * Returns what a persona that has just joined can read.
     *
     * @throws NoSuchThingException if the persona is in no channel of that name
     */
    Reading reading(Optional<String> persona, String name) throws PartylineException;

    /**
     * The sender chains of a channel that can be read now.
     *
     * @param chains the number of chains; further messages on them are read at once
     * @param look the state of the search for the other chains
     */
    record Reading(int chains, Look look) {}

    /** The state of searching the blocks of the last day for packets that opened a chain. */
    enum Look {
        /** The search is done, or was unnecessary. */
        DONE,
        /** The search continues, or starts once a node is ready. */
        RUNNING,
        /** No node of the network provides earlier blocks. */
        UNABLE
    }

    /**
     * Sets the carrier of messages to a channel that do not name one.
     *
     * @param carrier empty: the one in the server's settings
     * @throws NoSuchThingException if the persona is in no channel of that name
     */
    Channel carrier(Optional<String> persona, String name, Optional<Messages.Carrier> carrier)
            throws PartylineException;

    /**
     * Our next message in each channel begins a new chain with a new key. Someone who knows today's keys, but not the
     * channel's passphrase or root, cannot derive the new ones.
     *
     * @return the number of chains that end
     */
    default int beginNewChains() throws PartylineException {
        throw new PartylineException("this engine does not start new chains on request");
    }

    /** Leaves a channel and erases its keys and messages. */
    void leave(Optional<String> persona, String name) throws PartylineException;

    /** The invite of a channel, {@code plchan1…}. It does not contain the passphrase. */
    String invite(Optional<String> persona, String name) throws PartylineException;

    /**
     * The parameters of a new channel.
     *
     * @param persona empty: the current one
     * @param name 1 to 64 bytes of UTF-8
     * @param mode how we send
     * @param kdf the key derivation, which sets the cost of guessing the passphrase
     * @param network empty: that of the nodes, if they agree
     * @param carrier of messages that do not name one; empty: the one in the server's settings
     */
    record Create(
            Optional<String> persona,
            String name,
            Mode mode,
            KdfParameters kdf,
            Optional<Network> network,
            Optional<Messages.Carrier> carrier) {
        /** Creates a request with the configured carrier. */
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
     * @param kdf for a channel joined by name; an invite includes it
     * @param network empty: that of the nodes, if they agree; an invite includes it
     * @param carrier of messages that do not name one; empty: the one in the server's settings
     */
    record Join(
            Optional<String> persona,
            String nameOrInvite,
            Mode mode,
            Optional<KdfParameters> kdf,
            Optional<Network> network,
            Optional<Messages.Carrier> carrier) {
        /** Creates a request with the configured carrier. */
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
     * @param name the channel's name
     * @param network empty: that of the nodes, if they agree
     * @param kdf the key derivation, which sets the cost of guessing the passphrase
     */
    record Terms(String name, Optional<Network> network, KdfParameters kdf) {
        /** Whether guessing the passphrase costs less than in a channel with the defaults. */
        public boolean isWeakerThanDefault() {
            return KdfLimits.isWeakerThanDefault(kdf);
        }
    }

    /**
     * A channel of a persona.
     *
     * @param persona its name
     * @param name its name
     * @param network its network
     * @param mode how we send
     * @param carrier of messages that do not name one; empty: the one in the server's settings
     * @param kdf its key derivation
     * @param startDay E0, in days since 1970-01-01
     * @param unread messages that were not shown yet
     * @param lastMessage when the last message was sent or received
     * @param senders nicknames seen on running chains
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
