package org.partyline.shell;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.partyline.api.FeeRate;
import org.partyline.api.TxId;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.crypto.KdfLimits;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Backups;
import org.partyline.api.engine.Channels.Channel;
import org.partyline.api.engine.Contacts.Contact;
import org.partyline.api.engine.Contacts.Waiting;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees.FeeStatus;
import org.partyline.api.engine.Fees.Limits;
import org.partyline.api.engine.Messages.Inspection;
import org.partyline.api.engine.Messages.Message;
import org.partyline.api.engine.Messages.Outgoing;
import org.partyline.api.engine.Messages.Part;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.engine.Personas.Persona;
import org.partyline.api.engine.Sessions.Session;
import org.partyline.api.engine.Suites.Suite;
import org.partyline.api.engine.Wallets.Address;
import org.partyline.api.engine.Wallets.Holding;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.LocalWallets;

/**
 * What {@code --json} shows of each thing, as docs/schemas says. Names end in their unit where they have one; times are
 * ISO-8601 with milliseconds, UTC; states and other words of ours are in lower case; what has no value is null, never an
 * empty text and never a number with a meaning of its own. Fields are only ever added.
 */
final class Views {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Views() {}

    /** Always with three digits after the second, where {@link Instant#toString} has none, three, six or nine. */
    static String iso(Instant time) {
        return time == null ? null : TIME.format(time);
    }

    /** The word for a state. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A text that may be empty, which is no value. */
    static String orNull(String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    static BigDecimal satPerVb(FeeRate rate) {
        return rate == null
                ? null
                : new BigDecimal(BigDecimal.valueOf(rate.satPerKvb(), 3)
                        .stripTrailingZeros()
                        .toPlainString());
    }

    record PersonaView(
            int id, String name, String account, boolean current, String senderId, String keysSince, long messages) {
        static PersonaView of(Persona persona) {
            return new PersonaView(
                    persona.id(),
                    persona.name(),
                    orNull(persona.account()),
                    persona.current(),
                    persona.senderId(),
                    iso(persona.keysSince()),
                    persona.messages());
        }
    }

    record ContactView(
            String persona,
            String name,
            String network,
            String trust,
            boolean card,
            String senderId,
            String added,
            String session,
            int unread,
            String lastMessage,
            List<String> sharing,
            String account) {
        static ContactView of(Contact contact) {
            return new ContactView(
                    contact.persona(),
                    contact.name(),
                    contact.network().label(),
                    word(contact.trust()),
                    contact.card(),
                    orNull(contact.senderId()),
                    iso(contact.added()),
                    word(contact.session()),
                    contact.unread(),
                    iso(contact.lastMessage().orElse(null)),
                    contact.sharing(),
                    orNull(contact.account()));
        }
    }

    /** Somebody who asked for a session and is no contact. */
    record WaitingView(String persona, String network, String key, String since) {
        static WaitingView of(Waiting waiting) {
            return new WaitingView(waiting.persona(), waiting.network().label(), waiting.key(), iso(waiting.since()));
        }
    }

    record SessionView(
            String persona,
            String contact,
            String state,
            boolean initiator,
            String suite,
            String since,
            long sent,
            long received,
            String lastRekey,
            boolean rekeying) {
        static SessionView of(Session session) {
            return new SessionView(
                    session.persona(),
                    session.contact(),
                    word(session.state()),
                    session.initiator(),
                    session.suite().orElse(null),
                    iso(session.since()),
                    session.sent(),
                    session.received(),
                    iso(session.lastRekey().orElse(null)),
                    session.rekeying());
        }
    }

    record ChangeView(String kind, String name, String action, String detail) {
        static ChangeView of(Backups.Change change) {
            return new ChangeView(change.kind(), change.name(), change.action(), orNull(change.detail()));
        }
    }

    record AuditView(String time, String event, String detail) {
        static AuditView of(AuditLog.Entry entry) {
            return new AuditView(iso(entry.time()), entry.event(), orNull(entry.detail()));
        }
    }

    /** @param weak whether it is weaker than the default */
    record KdfView(String name, int timeCost, int memory, int parallelism, boolean weak) {
        static KdfView of(KdfParameters kdf) {
            return new KdfView(
                    kdf.id().name(),
                    kdf.timeCost(),
                    kdf.memory(),
                    kdf.parallelism(),
                    KdfLimits.isWeakerThanDefault(kdf));
        }
    }

    record ChannelView(
            String persona,
            String name,
            String network,
            String mode,
            String carrier,
            KdfView kdf,
            int startDay,
            int unread,
            String lastMessage,
            List<String> senders) {
        static ChannelView of(Channel channel) {
            return new ChannelView(
                    channel.persona(),
                    channel.name(),
                    channel.network().label(),
                    word(channel.mode()),
                    channel.carrier().map(Views::word).orElse(null),
                    KdfView.of(channel.kdf()),
                    channel.startDay(),
                    channel.unread(),
                    iso(channel.lastMessage().orElse(null)),
                    channel.senders());
        }
    }

    record MessageView(
            long id,
            String persona,
            boolean direct,
            String channel,
            String direction,
            String sender,
            boolean legacy,
            boolean burn,
            String text,
            String sent,
            String arrived,
            String expires,
            Integer sequence,
            List<String> transactions,
            Integer block,
            String state,
            boolean notice,
            String signedBy) {
        static MessageView of(Message message) {
            return new MessageView(
                    message.id(),
                    message.persona(),
                    message.direct(),
                    message.channel(),
                    message.outgoing() ? "out" : "in",
                    orNull(message.sender()),
                    message.legacy(),
                    message.burn(),
                    message.text().orElse(null),
                    iso(message.sent()),
                    iso(message.arrived()),
                    iso(message.expires()),
                    message.sequence().isPresent() ? message.sequence().getAsInt() : null,
                    message.transactions().stream().map(TxId::toString).toList(),
                    message.block().isPresent() ? message.block().getAsInt() : null,
                    message.state().map(Views::word).orElse(null),
                    message.notice(),
                    message.signedBy().orElse(null));
        }
    }

    record PartView(int bytes, String state, String transaction, Integer vsize, Long feeSat, String node) {
        static PartView of(Part part) {
            return new PartView(
                    part.bytes(),
                    word(part.state()),
                    part.transaction().map(TxId::toString).orElse(null),
                    part.transaction().isPresent() ? part.vsize() : null,
                    part.transaction().isPresent() ? part.fee() : null,
                    orNull(part.node()));
        }
    }

    record OutgoingView(
            long id,
            String persona,
            boolean direct,
            String channel,
            String kind,
            String state,
            String reason,
            String queued,
            String expires,
            boolean burn,
            int textBytes,
            long feeSat,
            List<PartView> parts,
            String carrier) {
        static OutgoingView of(Outgoing outgoing) {
            return new OutgoingView(
                    outgoing.id(),
                    outgoing.persona(),
                    outgoing.direct(),
                    outgoing.channel(),
                    outgoing.kind(),
                    word(outgoing.state()),
                    orNull(outgoing.reason()),
                    iso(outgoing.queued()),
                    iso(outgoing.expires()),
                    outgoing.burn(),
                    outgoing.textBytes(),
                    outgoing.fee(),
                    outgoing.parts().stream().map(PartView::of).toList(),
                    word(outgoing.carrier()));
        }
    }

    record InspectionView(
            Integer output, int bytes, String verdict, String channel, com.fasterxml.jackson.databind.JsonNode packet) {
        static InspectionView of(Inspection inspection) {
            return new InspectionView(
                    inspection.output() < 0 ? null : inspection.output(),
                    inspection.bytes(),
                    inspection.verdict(),
                    inspection.channel().orElse(null),
                    inspection.json().map(Json::read).orElse(null));
        }
    }

    record NodeView(
            String name,
            String type,
            String network,
            boolean paused,
            String state,
            String detail,
            String software,
            Integer height,
            String block,
            String blockTime,
            Integer mempoolTransactions,
            Long latencyMs,
            String notifications,
            String route,
            int maxPayloadBytes,
            int maxOutputs,
            int maxScriptBytes,
            BigDecimal relayFloorSatPerVb,
            BigDecimal incrementSatPerVb,
            long transactionsSeen,
            long packetsFound,
            BigDecimal packetsShare,
            long transactionsCompared,
            long transactionsWithheld,
            long oursWithheld,
            String quarantine,
            String quarantineReason,
            String quarantinedSince) {
        static NodeView of(Node node) {
            Optional<BlockRef> tip = node.status().tip();
            int mempool = node.status().mempoolSize();
            return new NodeView(
                    node.name(),
                    node.type(),
                    node.network().label(),
                    node.paused(),
                    word(node.status().state()),
                    orNull(node.status().detail()),
                    orNull(node.status().software()),
                    tip.map(BlockRef::height).orElse(null),
                    tip.map(block -> block.hash().toString()).orElse(null),
                    iso(tip.map(BlockRef::time).orElse(null)),
                    mempool < 0 ? null : mempool,
                    node.status().latency().map(latency -> latency.toMillis()).orElse(null),
                    orNull(node.status().notifications()),
                    orNull(node.status().route()),
                    node.policy().maxPayload(),
                    node.policy().maxOutputs(),
                    node.policy().maxScriptBytes(),
                    satPerVb(node.policy().minRelayFee()),
                    satPerVb(node.policy().incrementalFee()),
                    node.transactionsSeen(),
                    node.packetsFound(),
                    BigDecimal.valueOf(node.share()).setScale(3, RoundingMode.HALF_UP),
                    node.shown().compared(),
                    node.shown().withheld(),
                    node.shown().withheldOurs(),
                    node.quarantine().map(held -> word(held.fault())).orElse(null),
                    node.quarantine().map(Nodes.Quarantine::reason).orElse(null),
                    iso(node.quarantine().map(Nodes.Quarantine::since).orElse(null)));
        }
    }

    record SuiteView(
            String kind,
            String name,
            boolean available,
            boolean allowed,
            boolean seals,
            Integer rank,
            String bundle,
            String bundleState,
            List<String> usedBy) {
        static SuiteView of(Suite suite) {
            return new SuiteView(
                    suite.kind(),
                    suite.name(),
                    suite.available(),
                    suite.allowed(),
                    suite.seals(),
                    suite.rank() == 0 ? null : suite.rank(),
                    orNull(suite.bundle()),
                    suite.bundleState(),
                    suite.usedBy());
        }
    }

    record CoinView(String outpoint, long amountSat, int confirmations) {}

    record HoldingView(
            String persona,
            String wallet,
            String network,
            Long confirmedSat,
            Long unconfirmedSat,
            Long reservedSat,
            List<CoinView> coins,
            String problem,
            String account) {
        static HoldingView of(Holding holding) {
            Optional<AccountStatus> status = holding.status();
            return new HoldingView(
                    holding.persona(),
                    holding.wallet(),
                    holding.network().label(),
                    status.map(AccountStatus::confirmed).orElse(null),
                    status.map(AccountStatus::unconfirmed).orElse(null),
                    status.map(AccountStatus::reserved).orElse(null),
                    status.map(AccountStatus::coins).orElse(List.of()).stream()
                            .map(coin -> new CoinView(coin.outpoint(), coin.amount(), coin.confirmations()))
                            .toList(),
                    orNull(holding.problem()),
                    orNull(holding.account()));
        }
    }

    record AddressView(String address, String wallet, String network, String persona, String account) {
        static AddressView of(Address address) {
            return new AddressView(
                    address.address(),
                    address.wallet(),
                    address.network().label(),
                    address.persona(),
                    orNull(address.account()));
        }
    }

    record FeeView(
            String network,
            String node,
            BigDecimal estimateSatPerVb,
            int targetBlocks,
            BigDecimal floorSatPerVb,
            BigDecimal minimumSatPerVb,
            BigDecimal maximumSatPerVb,
            BigDecimal rateSatPerVb,
            long packetFeeSat) {
        static FeeView of(FeeStatus status) {
            return new FeeView(
                    status.network().label(),
                    status.node(),
                    satPerVb(status.estimate().orElse(null)),
                    status.targetBlocks(),
                    satPerVb(status.floor()),
                    satPerVb(status.minimum()),
                    satPerVb(status.maximum()),
                    satPerVb(status.rate()),
                    status.packetFee());
        }
    }

    record LimitsView(
            long messageSat,
            long hourSat,
            long hourSpentSat,
            long daySat,
            long daySpentSat,
            int bandPercent,
            boolean mainnetAccepted) {
        static LimitsView of(Limits limits) {
            return new LimitsView(
                    limits.message(),
                    limits.hour(),
                    limits.hourSpent(),
                    limits.day(),
                    limits.daySpent(),
                    limits.bandPercent(),
                    limits.mainnetAccepted());
        }
    }

    /** @param running whether packets leave at points now @param problem why not, although it was started */
    record CoverView(
            String persona,
            boolean running,
            String problem,
            long meanMs,
            long budgetSat,
            long spentSat,
            String next,
            long messages,
            long decoys) {
        static CoverView of(Cover.Status status) {
            return new CoverView(
                    status.persona(),
                    status.running(),
                    orNull(status.problem()),
                    status.mean().toMillis(),
                    status.budget(),
                    status.spent(),
                    iso(status.next().orElse(null)),
                    status.messages(),
                    status.decoys());
        }
    }

    /** @param height the last block that was read; null before the first @param tip null while it is not known */
    record LocalWalletView(
            String wallet, String network, String node, int from, Integer height, Integer tip, boolean upToDate) {
        static LocalWalletView of(LocalWallets.Progress progress) {
            return new LocalWalletView(
                    progress.name(),
                    progress.network().label(),
                    progress.node().orElse(null),
                    progress.from(),
                    progress.height() < 0 ? null : progress.height(),
                    progress.tip() < 0 ? null : progress.tip(),
                    progress.upToDate());
        }
    }

    /** @param label the operator's own note */
    record LabelView(String wallet, String network, String address, String label) {}
}
