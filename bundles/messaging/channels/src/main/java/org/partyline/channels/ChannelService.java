package org.partyline.channels;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfLimitsException;
import org.partyline.api.crypto.KdfMemoryException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.crypto.KeyDerivation;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.packet.LegacyReader;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.ratchet.Invite;
import org.partyline.api.receive.Reading;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.engine.chains.SendChainRecord;
import org.partyline.engine.conversation.ChannelMembership;
import org.partyline.engine.conversation.MembershipRecord;
import org.partyline.engine.conversation.MembershipRecordBuilder;
import org.partyline.engine.conversation.PersonaRecord;
import org.partyline.engine.conversation.ReceiveChainState;
import org.partyline.engine.delivery.Carriers;
import org.partyline.engine.delivery.Departures;
import org.partyline.engine.kernel.AbsentException;
import org.partyline.engine.kernel.Bus;
import org.partyline.engine.kernel.Core;
import org.partyline.engine.kernel.Unlocked;
import org.partyline.engine.mailbox.ConversationEraser;
import org.partyline.engine.mailbox.ConversationMarks;
import org.partyline.engine.mailbox.MessageRecord;
import org.partyline.engine.mailbox.Outbox;
import org.partyline.engine.mailbox.OutgoingMessage;
import org.partyline.engine.mailbox.OutgoingRecords;
import org.partyline.engine.receive.Reception;
import org.partyline.engine.store.Keys;
import org.partyline.engine.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The channels of the personas. */
public final class ChannelService implements Channels {
    private static final int SALT_LENGTH = 16;
    private static final int SHORTEST_PASSPHRASE = 8;
    private static final String INVITE_PREFIX = "plchan1";

    private static final Logger LOG = LoggerFactory.getLogger(ChannelService.class);

    private final Core core;
    private final ChannelReaders readers;
    private final Reception inboundQueue;
    private final Departures sender;
    private final Carriers carriers;
    private final Outbox outbox;

    public ChannelService(Core core, Reception inboundQueue, Departures sender, Carriers carriers, Outbox outbox) {
        this.core = core;
        this.readers = new ChannelReaders(core);
        this.inboundQueue = inboundQueue;
        this.sender = sender;
        this.carriers = carriers;
        this.outbox = outbox;
    }

    @Override
    public Channel create(Create request, char[] passphrase) throws PartylineException {
        if (passphrase.length < SHORTEST_PASSPHRASE) {
            throw new NoSuchThingException("the channel's passphrase has " + passphrase.length
                    + " characters: use at least " + SHORTEST_PASSPHRASE + ", better six random words");
        }
        byte[] salt = new byte[SALT_LENGTH];
        core.random.nextBytes(salt);
        // Yesterday: members whose clocks are behind find a root for their day too.
        Invite invite = invite(core.network(request.network()), request.kdf(), core.today() - 1, salt, request.name());
        return enter(request.persona(), invite, request.mode(), request.carrier(), passphrase);
    }

    private void require(Optional<Messages.Carrier> carrier) throws NoSuchThingException {
        if (carrier.isPresent()) {
            carriers.require(carrier.get());
        }
    }

    @Override
    public Terms terms(Join request) throws NoSuchThingException {
        Terms terms;
        if (isInvite(request)) {
            Invite invite = decoded(request.nameOrInvite());
            terms = new Terms(invite.name(), Optional.of(invite.network()), invite.kdf());
        } else {
            terms = new Terms(
                    request.nameOrInvite(), request.network(), request.kdf().orElse(KdfParameters.ARGON2ID_DEFAULT));
        }
        derivation(terms.kdf());
        return terms;
    }

    @Override
    public Channel join(Join request, char[] passphrase) throws PartylineException {
        if (isInvite(request)) {
            return enter(
                    request.persona(), decoded(request.nameOrInvite()), request.mode(), request.carrier(), passphrase);
        }
        Network network = core.network(request.network());
        String name = Normalizer.normalize(request.nameOrInvite(), Normalizer.Form.NFC);
        Invite invite = invite(
                network,
                request.kdf().orElse(KdfParameters.ARGON2ID_DEFAULT),
                ChannelKeys.DEFAULT_START_DAY,
                core.channelKeys.salt(network, name),
                name);
        return enter(request.persona(), invite, request.mode(), request.carrier(), passphrase);
    }

    private static boolean isInvite(Join request) {
        return request.nameOrInvite().toLowerCase(Locale.ROOT).startsWith(INVITE_PREFIX);
    }

    private Invite decoded(String text) throws NoSuchThingException {
        Invite invite;
        try {
            invite = core.channelKeys.decodeInvite(text, core.suites::otherDerivation);
        } catch (KdfLimitsException e) {
            throw new NoSuchThingException("the invite is refused: " + e.getMessage() + "; ask for another channel's");
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(e.getMessage() + "; copy it again, whole");
        }
        if (invite.startDay() > core.today() + 1) {
            throw new NoSuchThingException("the invite's channel begins in the future: check this server's clock");
        }
        return invite;
    }

    /** The derivation of a channel, if its parameters are within the limits and it can run here. */
    private KeyDerivation derivation(KdfParameters parameters) throws NoSuchThingException {
        try {
            KdfLimits.require(parameters);
            KeyDerivation derivation = core.suites
                    .derivation(parameters.id())
                    .orElseThrow(() -> new NoSuchThingException("the key derivation " + parameters.id()
                            + " is stopped or denied: see partyline:suite-list"));
            derivation.requireLimits(parameters);
            derivation.requireMemory(parameters);
            return derivation;
        } catch (KdfLimitsException | KdfMemoryException e) {
            throw new NoSuchThingException(e.getMessage());
        }
    }

    private static Invite invite(Network network, KdfParameters kdf, int startDay, byte[] salt, String name)
            throws NoSuchThingException {
        try {
            return new Invite(network, kdf, startDay, salt, Normalizer.normalize(name, Normalizer.Form.NFC));
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(e.getMessage() + ": take another name");
        }
    }

    private Channel enter(
            Optional<String> persona, Invite invite, Mode mode, Optional<Messages.Carrier> carrier, char[] passphrase)
            throws PartylineException {
        require(carrier);
        // Who reads is told to look for what opened the channel's chains before.
        core.parts.require(List.of(Reception.class));
        PersonaRecord who = core.<PersonaRecord, PartylineException>open(memory -> {
            PersonaRecord found =
                    core.store.<PersonaRecord, PartylineException>transact(tx -> Core.persona(tx, persona));
            refuseTaken(memory, found, invite.name());
            return found;
        });
        KeyDerivation kdf = derivation(invite.kdf());
        // The root before yesterday is of no use to a member, and is not kept.
        int rootDay = Math.max(invite.startDay(), core.today() - 1);
        ChannelMembership member;
        try (SecretBytes start = startingRoot(kdf, invite, passphrase);
                SecretBytes root = core.channelKeys.advance(start, rootDay - invite.startDay())) {
            byte[] legacyKey = legacyKey(invite.kdf().id(), kdf, passphrase);
            member = core.<ChannelMembership, PartylineException>open(memory -> {
                refuseTaken(memory, who, invite.name());
                return add(memory, who, invite, mode, carrier, rootDay, root, legacyKey);
            });
        }
        core.bus.publish(new Bus.Expected());
        inboundQueue.joined(invite.network());
        return core.<Channel, PartylineException>open(memory -> core.store.transact(tx -> view(memory, tx, member)));
    }

    private SecretBytes startingRoot(KeyDerivation kdf, Invite invite, char[] passphrase) throws NoSuchThingException {
        try {
            return core.channelKeys.startingRoot(kdf, invite.kdf(), invite.salt(), passphrase);
        } catch (IllegalArgumentException e) {
            throw new NoSuchThingException(e.getMessage());
        }
    }

    private static void refuseTaken(Unlocked memory, PersonaRecord persona, String name) throws NoSuchThingException {
        for (ChannelMembership member : memory.conversations.members()) {
            if (member.entry.persona() == persona.id() && member.entry.name().equals(name)) {
                throw new NoSuchThingException("persona '" + persona.name() + "' is in a channel '" + name
                        + "' already: leave that one first, or take another name");
            }
        }
    }

    /**
     * The key of version-1 messages, only for a channel whose own derivation is PBKDF2 anyway: in any other it would make
     * guessing the passphrase cheaper for a thief of the open store.
     */
    private byte[] legacyKey(KdfId id, KeyDerivation kdf, char[] passphrase) {
        Optional<LegacyReader> reader = core.legacy.get();
        if (!id.equals(KdfId.PBKDF2_SHA256)
                || reader.isEmpty()
                || !core.settings.get().reading().legacyV1()) {
            return null;
        }
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
        byte[] password = new byte[encoded.remaining()];
        encoded.get(password);
        try (SecretBytes key = reader.get().key(kdf, password)) {
            return key.expose().clone();
        } finally {
            Arrays.fill(password, (byte) 0);
            Arrays.fill(encoded.array(), (byte) 0);
        }
    }

    private ChannelMembership add(
            Unlocked memory,
            PersonaRecord who,
            Invite invite,
            Mode mode,
            Optional<Messages.Carrier> carrier,
            int rootDay,
            SecretBytes root,
            byte[] legacyKey)
            throws StoreException {
        MembershipRecord entry = core.store.transact(tx -> {
            MembershipRecord made = MembershipRecordBuilder.builder()
                    .id((int) Tables.next(tx, "membership"))
                    .persona(who.id())
                    .name(invite.name())
                    .network(invite.network().code())
                    .mode(mode.name())
                    .kdf(invite.kdf().id().code())
                    .timeCost(invite.kdf().timeCost())
                    .memory(invite.kdf().memory())
                    .parallelism(invite.kdf().parallelism())
                    .salt(invite.salt())
                    .startDay(invite.startDay())
                    .rootDay(rootDay)
                    .root(root.expose().clone())
                    .legacyKey(legacyKey)
                    .lastTimestamp(0)
                    .carrier(MembershipRecord.carrierName(carrier))
                    .kdfName(MembershipRecord.nameOf(invite.kdf().id()))
                    .build();
            Tables.putSecret(tx, MembershipRecord.TABLE, Keys.of(made.id()), Keys.ALL, made);
            return made;
        });
        ChannelMembership member = new ChannelMembership(entry);
        memory.add(member, rootDay, core.today() + 1);
        readers.readOn(memory, member);
        return member;
    }

    @Override
    public List<Channel> list(Optional<String> persona) throws PartylineException {
        return core.<List<Channel>, PartylineException>open(memory ->
                core.store.<List<Channel>, PartylineException>transact(tx -> {
                    int who = Core.persona(tx, persona).id();
                    return views(memory, tx, who);
                }));
    }

    @Override
    public List<Channel> listAll() throws PartylineException {
        return core.open(memory -> core.store.transact(tx -> views(memory, tx, -1)));
    }

    private static List<Channel> views(Unlocked memory, StoreTransaction tx, int persona) throws StoreException {
        List<Channel> all = new java.util.ArrayList<>();
        for (ChannelMembership member : memory.conversations.members()) {
            if (persona < 0 || member.entry.persona() == persona) {
                all.add(view(memory, tx, member));
            }
        }
        all.sort(Comparator.comparing(Channel::persona).thenComparing(Channel::name));
        return all;
    }

    private static Channel view(Unlocked memory, StoreTransaction tx, ChannelMembership member) throws StoreException {
        int unread = 0;
        long last = -1;
        ConversationMarks marks = ConversationMarks.of(tx, member.id());
        for (MessageRecord message :
                Tables.read(tx.list(MessageRecord.TABLE, Keys.of(member.id())), MessageRecord.class)) {
            if (marks.isUnread(message)) {
                unread++;
            }
            last = Math.max(last, message.arrived());
        }
        Set<String> senders = new LinkedHashSet<>();
        for (ReceiveChainState track : memory.chains.all()) {
            if (track.entry.membership() == member.id()
                    && !track.entry.nickname().isEmpty()) {
                senders.add(track.entry.nickname());
            }
        }
        MembershipRecord entry = member.entry;
        return new Channel(
                memory.personas.name(entry.persona()),
                entry.name(),
                member.network(),
                Mode.valueOf(entry.mode()),
                entry.itsCarrier(),
                entry.parameters(),
                entry.startDay(),
                unread,
                last < 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(last)),
                List.copyOf(senders));
    }

    @Override
    public Reading reading(Optional<String> persona, String name) throws PartylineException {
        record Read(Network network, int chains) {}
        Read read = core.<Read, PartylineException>open(memory -> {
            ChannelMembership member = core.store.<ChannelMembership, PartylineException>transact(
                    tx -> Core.member(memory, Core.persona(tx, persona), name));
            return new Read(member.network(), memory.chains.of(member.id()).size());
        });
        return new Reading(read.chains(), inboundQueue.lookingBack(read.network()));
    }

    @Override
    public Channel carrier(Optional<String> persona, String name, Optional<Messages.Carrier> carrier)
            throws PartylineException {
        require(carrier);
        return core.<Channel, PartylineException>open(memory -> {
            ChannelMembership member = core.store.<ChannelMembership, PartylineException>transact(
                    tx -> Core.member(memory, Core.persona(tx, persona), name));
            core.store.transact(tx -> {
                Tables.putSecret(
                        tx,
                        MembershipRecord.TABLE,
                        Keys.of(member.id()),
                        Keys.ALL,
                        member.toStore().withCarrier(carrier));
                return null;
            });
            member.entry = member.entry.withCarrier(carrier);
            return core.store.transact(tx -> view(memory, tx, member));
        });
    }

    @Override
    public int beginNewChains() throws PartylineException {
        return core.<Integer, PartylineException>open(memory -> core.store.<Integer, PartylineException>transact(tx -> {
            int ended = 0;
            for (ChannelMembership member : memory.conversations.members()) {
                ended += tx.delete(SendChainRecord.TABLE, Keys.of(member.id())) ? 1 : 0;
            }
            return ended;
        }));
    }

    @Override
    public void leave(Optional<String> persona, String name) throws PartylineException {
        List<OutgoingMessage> unsent = core.<List<OutgoingMessage>, PartylineException>open(memory -> {
            int member = core.store.<Integer, PartylineException>transact(
                    tx -> Core.member(memory, Core.persona(tx, persona), name).id());
            return core.store.transact(OutgoingRecords::all).stream()
                    .filter(outgoing -> outgoing.membership() == member)
                    .toList();
        });
        unsent.forEach(this::release);
        core.<Void, PartylineException>open(memory -> {
            ChannelMembership member = core.store.<ChannelMembership, PartylineException>transact(
                    tx -> Core.member(memory, Core.persona(tx, persona), name));
            List<OutgoingMessage> decoys = core.store.transact(tx -> {
                List<OutgoingMessage> left = outbox.asDecoys(tx, memory, member);
                ConversationEraser.erase(tx, member.id());
                tx.delete(MembershipRecord.TABLE, Keys.of(member.id()));
                return left;
            });
            memory.remove(member);
            outbox.remember(memory, decoys);
            return null;
        });
    }

    @Override
    public String invite(Optional<String> persona, String name) throws PartylineException {
        return core.<String, PartylineException>open(memory -> {
            ChannelMembership member = core.store.<ChannelMembership, PartylineException>transact(
                    tx -> Core.member(memory, Core.persona(tx, persona), name));
            MembershipRecord entry = member.entry;
            return core.channelKeys.encode(
                    new Invite(member.network(), entry.parameters(), entry.startDay(), entry.salt(), entry.name()));
        });
    }

    /** What was erased stays erased: coins that nobody is here to free are free when their wallet starts again. */
    private void release(OutgoingMessage outgoing) {
        try {
            sender.release(outgoing);
        } catch (AbsentException e) {
            LOG.info("coins stay reserved until the wallet's restart: {}", e.getMessage());
        }
    }
}
