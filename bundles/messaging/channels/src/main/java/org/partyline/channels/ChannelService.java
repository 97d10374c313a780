package org.partyline.channels;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.ratchet.Invite;
import org.partyline.messaging.chains.SendChainRecord;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.conversation.MembershipRecord;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.SendQueue;
import org.partyline.messaging.mailbox.ConversationEraser;
import org.partyline.messaging.mailbox.Outbox;
import org.partyline.messaging.mailbox.OutgoingMessage;
import org.partyline.messaging.mailbox.OutgoingRecords;
import org.partyline.messaging.receive.Reception;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Manages the channels of personas. */
public final class ChannelService implements Channels {
    private static final int SHORTEST_PASSPHRASE = 8;
    private static final String INVITE_PREFIX = "plchan1";

    private static final Logger LOG = LoggerFactory.getLogger(ChannelService.class);

    private final StateGuard guard;
    private final People people;
    private final ChannelViews views;
    private final ChannelRoots roots;
    private final ChannelEntry entry;
    private final Reception inboundQueue;
    private final SendQueue sender;
    private final Carriers carriers;
    private final Outbox outbox;

    ChannelService(
            StateGuard guard,
            ChannelViews views,
            ChannelRoots roots,
            ChannelEntry entry,
            Reception inboundQueue,
            SendQueue sender,
            Carriers carriers,
            Outbox outbox) {
        this.guard = guard;
        this.people = guard.people();
        this.views = views;
        this.roots = roots;
        this.entry = entry;
        this.inboundQueue = inboundQueue;
        this.sender = sender;
        this.carriers = carriers;
        this.outbox = outbox;
    }

    @Override
    public Channel create(Create request, char[] passphrase) throws PartylineException {
        if (passphrase.length < SHORTEST_PASSPHRASE) {
            throw new NoSuchThingException("the channel's passphrase has " + passphrase.length
                    + " characters: use at least " + SHORTEST_PASSPHRASE + ", or better, six random words");
        }
        Invite invite = roots.fresh(roots.network(request.network()), request.kdf(), request.name());
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
            Invite invite = roots.decoded(request.nameOrInvite());
            terms = new Terms(invite.name(), Optional.of(invite.network()), invite.kdf());
        } else {
            terms = new Terms(
                    request.nameOrInvite(), request.network(), request.kdf().orElse(KdfParameters.ARGON2ID_DEFAULT));
        }
        roots.derivation(terms.kdf());
        return terms;
    }

    @Override
    public Channel join(Join request, char[] passphrase) throws PartylineException {
        if (isInvite(request)) {
            return enter(
                    request.persona(),
                    roots.decoded(request.nameOrInvite()),
                    request.mode(),
                    request.carrier(),
                    passphrase);
        }
        Network network = roots.network(request.network());
        String name = Normalizer.normalize(request.nameOrInvite(), Normalizer.Form.NFC);
        Invite invite = roots.named(network, request.kdf().orElse(KdfParameters.ARGON2ID_DEFAULT), name);
        return enter(request.persona(), invite, request.mode(), request.carrier(), passphrase);
    }

    private Channel enter(
            Optional<String> persona, Invite invite, Mode mode, Optional<Messages.Carrier> carrier, char[] passphrase)
            throws PartylineException {
        require(carrier);
        ChannelMembership member = entry.enter(persona, invite, mode, carrier, passphrase);
        return guard.<Channel, PartylineException>open(() -> guard.transact(tx -> views.of(tx, member)));
    }

    private static boolean isInvite(Join request) {
        return request.nameOrInvite().toLowerCase(Locale.ROOT).startsWith(INVITE_PREFIX);
    }

    @Override
    public List<Channel> list(Optional<String> persona) throws PartylineException {
        return guard.<List<Channel>, PartylineException>open(() ->
                guard.<List<Channel>, PartylineException>transact(tx -> {
                    int who = PersonaRecord.named(tx, persona).id();
                    return views.all(tx, who);
                }));
    }

    @Override
    public List<Channel> listAll() throws PartylineException {
        return guard.open(() -> guard.transact(tx -> views.all(tx, -1)));
    }

    @Override
    public Reading reading(Optional<String> persona, String name) throws PartylineException {
        record Read(Network network, int chains) {}
        Read read = guard.<Read, PartylineException>open(() -> {
            ChannelMembership member = guard.<ChannelMembership, PartylineException>transact(
                    tx -> people.conversations.member(PersonaRecord.named(tx, persona), name));
            return new Read(member.network(), views.chains(member));
        });
        return new Reading(read.chains(), inboundQueue.lookingBack(read.network()));
    }

    @Override
    public Channel carrier(Optional<String> persona, String name, Optional<Messages.Carrier> carrier)
            throws PartylineException {
        require(carrier);
        return guard.<Channel, PartylineException>open(() -> {
            ChannelMembership member = guard.<ChannelMembership, PartylineException>transact(
                    tx -> people.conversations.member(PersonaRecord.named(tx, persona), name));
            guard.update(tx -> Tables.putSecret(
                    tx,
                    MembershipRecord.TABLE,
                    Keys.of(member.id()),
                    Keys.ALL,
                    member.toStore().withCarrier(carrier)));
            member.entry = member.entry.withCarrier(carrier);
            return guard.transact(tx -> views.of(tx, member));
        });
    }

    @Override
    public int beginNewChains() throws PartylineException {
        return guard.<Integer, PartylineException>open(() -> guard.<Integer, PartylineException>transact(tx -> {
            int ended = 0;
            for (ChannelMembership member : people.conversations.members()) {
                ended += tx.delete(SendChainRecord.TABLE, Keys.of(member.id())) ? 1 : 0;
            }
            return ended;
        }));
    }

    @Override
    public void leave(Optional<String> persona, String name) throws PartylineException {
        List<OutgoingMessage> unsent = guard.<List<OutgoingMessage>, PartylineException>open(() -> {
            int member = guard.<Integer, PartylineException>transact(tx -> people.conversations
                    .member(PersonaRecord.named(tx, persona), name)
                    .id());
            return guard.transact(OutgoingRecords::all).stream()
                    .filter(outgoing -> outgoing.membership() == member)
                    .toList();
        });
        unsent.forEach(this::release);
        guard.<PartylineException>perform(() -> {
            ChannelMembership member = guard.<ChannelMembership, PartylineException>transact(
                    tx -> people.conversations.member(PersonaRecord.named(tx, persona), name));
            List<OutgoingMessage> decoys = guard.transact(tx -> {
                List<OutgoingMessage> left = outbox.asDecoys(tx, member);
                ConversationEraser.erase(tx, member.id());
                tx.delete(MembershipRecord.TABLE, Keys.of(member.id()));
                return left;
            });
            entry.leave(member);
            outbox.remember(decoys);
        });
    }

    @Override
    public String invite(Optional<String> persona, String name) throws PartylineException {
        return guard.<String, PartylineException>open(() -> {
            ChannelMembership member = guard.<ChannelMembership, PartylineException>transact(
                    tx -> people.conversations.member(PersonaRecord.named(tx, persona), name));
            MembershipRecord entry = member.entry;
            return roots.encode(
                    new Invite(member.network(), entry.parameters(), entry.startDay(), entry.salt(), entry.name()));
        });
    }

    /** Erased data stays erased: coins that cannot be freed now are freed when their wallet starts again. */
    private void release(OutgoingMessage outgoing) {
        try {
            sender.release(outgoing);
        } catch (AbsentException e) {
            LOG.info("coins stay reserved until the wallet's restart: {}", e.reason());
        }
    }
}
