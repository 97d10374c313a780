package org.partyline.messages;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.Carrier;
import org.partyline.api.carrier.Quote;
import org.partyline.api.engine.Messages.Receipt;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.store.StoreException;
import org.partyline.api.store.StoreTransaction;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.NodeUnavailableException;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;
import org.partyline.api.transport.WalletException;
import org.partyline.messaging.conversation.ContactConversation;
import org.partyline.messaging.conversation.Conversation;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.delivery.Carriers;
import org.partyline.messaging.delivery.MissingWallet;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.fees.Spending;
import org.partyline.messaging.mailbox.ApprovedRecord;
import org.partyline.messaging.mailbox.PacketSizes;
import org.partyline.messaging.sealing.SendPlan;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Estimates the cost of a stored message and why it waits, as far as this is known before it is sent. */
public final class SendEstimate {
    private static final Logger LOG = LoggerFactory.getLogger(SendEstimate.class);
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_.-]+");

    private static final String ENDS =
            "no other coin is free, so it ends this persona's rolling transaction and is paid from its change. "
                    + "This costs nothing; the next rolling message starts another one, for up to ";
    /** For a message that comes after all stored ones. */
    static final long LAST = Long.MAX_VALUE;

    private final StateGuard guard;
    private final NodeDirectory nodes;
    private final SuiteDirectory suites;
    private final RequiredServices sending;
    private final Pricing fees;
    private final Spending spending;
    private final Carriers carriers;

    public SendEstimate(
            StateGuard guard,
            NodeDirectory nodes,
            SuiteDirectory suites,
            RequiredServices sending,
            Pricing fees,
            Spending spending,
            Carriers carriers) {
        this.guard = guard;
        this.nodes = nodes;
        this.suites = suites;
        this.sending = sending;
        this.fees = fees;
        this.spending = spending;
        this.carriers = carriers;
    }

    /**
     * A message that is stored or about to be.
     *
     * @param id its number; {@link #LAST} before it is stored
     * @param via the node it must be sent through; empty for any
     * @param carrier the id of its carrier
     * @param opens whether its first packet opens a chain
     */
    record Stored(
            long id, Conversation conversation, SendPlan outlook, Optional<String> via, String carrier, boolean opens) {
        Network network() {
            return conversation.network();
        }

        Stored as(SendPlan plan) {
            return new Stored(id, conversation, plan, via, carrier, plan.opens());
        }
    }

    /**
     * The estimate for a message.
     *
     * @param waits what it waits for, one line; empty if it is not known to wait
     * @param note how it affects others, one line; empty if it does not
     */
    record Prospect(String waits, Optional<String> note) {
        private static final Prospect CLEAR = new Prospect("", Optional.empty());

        private Prospect(String waits) {
            this(waits, Optional.empty());
        }
    }

    /**
     * Returns the receipt for a message that is about to be stored; it has no number yet.
     *
     * @param now when it leaves
     * @param jitter how much later it may leave
     * @throws NoSuchThingException if it could never be sent: names its quote and the cap
     */
    Receipt receipt(Stored imagined, Instant now, Duration jitter) throws NoSuchThingException {
        Optional<Carrier.Price> price = price(imagined);
        Optional<Long> fee = price.map(Carrier.Price::fee);
        requireWithinCaps(imagined, fee);
        Prospect prospect = of(imagined, price);
        return new Receipt(
                0,
                imagined.outlook().packets(),
                imagined.outlook().bytes(),
                fee,
                Optional.empty(),
                now,
                prospect.waits(),
                jitter,
                margin(imagined, price),
                prospect.note().stream().toList());
    }

    /**
     * Returns the estimate for a stored message. Never fails: a failure would look as if the message were not stored.
     *
     * @param price its quote; empty if no node reports fee rates
     */
    Prospect of(Stored stored, Optional<Carrier.Price> price) {
        try {
            return prospect(stored, nodes(stored), price);
        } catch (PartylineException | AbsentException e) {
            return new Prospect(AbsentException.reason(e));
        }
    }

    /** Returns the packets that must leave before a message of a conversation can, according to its plan. */
    static Stored opening(Conversation conversation, SendPlan plan) {
        return new Stored(LAST, conversation, plan, Optional.empty(), Carriers.DEFAULT, false);
    }

    /** Returns the maximum cost at the present fee rates, in satoshi; empty if unknown. Never fails. */
    Optional<Long> quote(Stored stored) {
        return price(stored).map(Carrier.Price::fee);
    }

    /** Like {@link #quote}, and whether the change of the last transaction pays. */
    Optional<Carrier.Price> price(Stored stored) {
        try {
            return price(stored, nodes(stored));
        } catch (PartylineException | AbsentException e) {
            return Optional.empty();
        }
    }

    /**
     * Stores what its sender was told as the most that a message may cost. A message that leaves in one transaction of
     * its own costs what that costs when it leaves, within the caps.
     */
    static void approve(StoreTransaction tx, long message, Receipt told) throws StoreException {
        if (told.margin() > 0) {
            new ApprovedRecord(message, told.estimatedFee().orElse(0L) + told.margin()).put(tx);
        }
    }

    /**
     * Rejects a message that could never be sent, before it is stored.
     *
     * @throws NoSuchThingException names its quote and the cap
     */
    private void requireWithinCaps(Stored imagined, Optional<Long> fee) throws NoSuchThingException {
        Optional<String> refusal = Optional.empty();
        try {
            refusal = fee.flatMap(
                    sat -> spending.refuseQuote(sat, imagined.outlook().packets()));
        } catch (AbsentException e) {
            // It is stored anyway; the caps are checked again before its first packet leaves.
            LOG.debug("caps are checked later: {}", e.reason());
        }
        if (refusal.isPresent()) {
            throw new NoSuchThingException(refusal.get());
        }
    }

    /**
     * Returns how much more than its quote a message may cost, in satoshi. While it waits, the chain that it would use
     * may end: then it needs another packet, which its sender is told in advance.
     */
    long margin(Stored stored, Optional<Carrier.Price> price) {
        if (price.isEmpty()) {
            return 0;
        }
        try {
            int packets = stored.outlook().packets();
            Carrier.Price now = price.get();
            long margin = spending.margin(now.fee(), now.most(), packets);
            Optional<Stored> later = stored.outlook().later().map(stored::as);
            Optional<Carrier.Price> then = margin == 0 ? Optional.empty() : later.flatMap(this::price);
            if (then.isEmpty()) {
                return margin;
            }
            long most = then.get().fee()
                    + spending.margin(
                            then.get().fee(),
                            then.get().most(),
                            later.get().outlook().packets());
            return spending.margin(now.fee(), Math.max(now.most(), most), packets);
        } catch (AbsentException e) {
            return 0;
        }
    }

    private List<Transport> nodes(Stored stored) {
        List<Transport> ready = new ArrayList<>(this.nodes.ready(stored.network()));
        if (stored.via().isPresent() && this.nodes.isUsed(stored.via().get())) {
            ready.removeIf(node -> !node.name().equals(stored.via().get()));
        }
        return ready;
    }

    private Optional<Carrier.Price> price(Stored stored, List<Transport> nodes) throws PartylineException {
        List<Integer> sizes = stored.outlook().sizes();
        if (nodes.isEmpty() || sizes.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(carriers.quote(
                stored.carrier(),
                new Quote(stored.id(), stored.conversation().persona(), stored.network(), sizes, stored.opens()),
                stored.conversation().account(),
                nodes));
    }

    private Prospect prospect(Stored stored, List<Transport> nodes, Optional<Carrier.Price> price)
            throws PartylineException {
        Optional<String> away = sending.missing();
        if (away.isPresent()) {
            return new Prospect(away.get());
        }
        if (suites.sealing().isEmpty()) {
            return new Prospect(suites.whyNoneSeals());
        }
        if (nodes.isEmpty()) {
            return new Prospect(
                    stored.via().isPresent()
                            ? "it waits for its chosen node '" + stored.via().get() + "' to be ready"
                            : "it waits for a ready node on " + stored.network().label() + " (partyline:node-list)");
        }
        // It is handed only to nodes that relay its size: the fee rates and coins of the others do not matter.
        List<Transport> carrying = PacketSizes.carrying(
                nodes,
                stored.outlook().sizes().stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElse(0));
        try {
            fees.rate(carrying);
        } catch (StoreException e) {
            throw e;
        } catch (PartylineException | AbsentException e) {
            return new Prospect(AbsentException.reason(e));
        }
        return coins(stored, carrying, price);
    }

    /** Returns what every wallet that may pay lacks; nothing if one of them has enough. */
    private Prospect coins(Stored stored, List<Transport> nodes, Optional<Carrier.Price> price)
            throws PartylineException {
        boolean runs = price.isPresent()
                ? price.get().fromChange()
                : carriers.of(stored.carrier())
                        .paysFromChange(stored.conversation().persona(), stored.network());
        Optional<Long> fee = price.map(Carrier.Price::fee);
        Optional<String> lacks = Optional.empty();
        Set<String> asked = new HashSet<>();
        for (Transport node : nodes) {
            Optional<Wallet> wallet = this.nodes.wallet(stored.network(), node.name());
            if (wallet.isPresent() && runs) {
                // The change of the last version pays for the next one.
                return Prospect.CLEAR;
            }
            if (wallet.isPresent() && asked.add(wallet.get().name())) {
                Optional<String> lack = lack(wallet.get(), stored, fee);
                if (lack.isEmpty()) {
                    return Prospect.CLEAR;
                }
                lacks = lacks.or(() -> lack);
            }
        }
        if (lacks.isPresent()
                && !stored.conversation().paysApart()
                && !carriers.of(stored.carrier()).isShared()
                && carriers.change(stored.conversation().persona(), stored.network()) > needed(stored, fee)) {
            int largest = stored.outlook().sizes().stream()
                    .mapToInt(Integer::intValue)
                    .max()
                    .orElse(0);
            return new Prospect("", Optional.of(ENDS + fees.most(nodes, largest, 1) + " sat"));
        }
        return new Prospect(lacks.orElseGet(() -> MissingWallet.reason(stored.network())));
    }

    /** One coin after another: the change of the first packet's transaction pays for the second. */
    private static long needed(Stored stored, Optional<Long> fee) {
        return Math.max(1, fee.orElse(1L) / Math.max(1, stored.outlook().sizes().size()));
    }

    private Optional<String> lack(Wallet wallet, Stored stored, Optional<Long> fee) throws StoreException {
        AccountStatus status;
        try {
            status = wallet.status(stored.conversation().account());
        } catch (NodeUnavailableException | WalletException e) {
            return Optional.of("it waits for wallet '" + wallet.name() + "': " + e.getMessage());
        }
        long spendable = Math.max(
                status.confirmed(),
                status.coins().stream().mapToLong(AccountStatus.Coin::amount).sum());
        long needed = needed(stored, fee);
        if (spendable >= needed) {
            return Optional.empty();
        }
        long all = status.confirmed() + status.unconfirmed() + status.reserved();
        return Optional.of(
                all == 0
                        ? "it waits for coins: wallet '" + wallet.name()
                                + "' is empty; send some to the address shown by "
                                + address(wallet, stored.conversation())
                        : "it waits for coins: wallet '" + wallet.name() + "' can spend " + spendable
                                + " sat now but needs " + needed + " sat (partyline:wallet-status)");
    }

    /** Returns the command that shows an address of the account that pays. */
    private String address(Wallet wallet, Conversation conversation) throws StoreException {
        StringBuilder command = new StringBuilder("partyline:wallet-address");
        if (nodes.wallets().size() > 1) {
            command.append(" --wallet ").append(wallet.name());
        }
        Optional<PersonaRecord> other = guard.open(() -> guard.transact(tx -> {
            return Tables.find(tx, PersonaRecord.TABLE, Keys.of(conversation.persona()), PersonaRecord.class)
                    .filter(persona -> !persona.current());
        }));
        other.ifPresent(persona -> command.append(" --persona ").append(word(persona.name())));
        if (conversation instanceof ContactConversation contact && contact.paysApart()) {
            command.append(" --account ").append(contact.entry.account());
        }
        return command.toString();
    }

    /** Returns a name as it is typed on the command line. */
    private static String word(String name) {
        return PLAIN.matcher(name).matches()
                ? name
                : '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
