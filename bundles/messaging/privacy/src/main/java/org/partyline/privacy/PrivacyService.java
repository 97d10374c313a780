package org.partyline.privacy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.carrier.TransactionSize;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.api.settings.Settings;
import org.partyline.api.transport.Transport;
import org.partyline.messaging.conversation.People;
import org.partyline.messaging.conversation.PersonaRecord;
import org.partyline.messaging.fees.Pricing;
import org.partyline.messaging.state.Bus;
import org.partyline.messaging.state.ChosenNetwork;
import org.partyline.messaging.state.Notices;
import org.partyline.messaging.state.StateGuard;
import org.partyline.messaging.store.Keys;
import org.partyline.messaging.store.Tables;

/** Shows and sets the privacy profiles. */
public final class PrivacyService implements Privacy {
    private static final String COVER = "cover";
    private static final String PROXY_REQUIRED = "proxy-required";
    private static final Duration COVER_MEAN = Duration.ofMinutes(10);
    private static final long COVER_POINTS = Duration.ofDays(1).dividedBy(COVER_MEAN);
    /** One day in 700 has more points than this: three standard deviations of a Poisson process. */
    private static final long MOST_POINTS = COVER_POINTS + 3 * Math.round(Math.sqrt(COVER_POINTS));
    /** Used if no node reports the cost of a packet. */
    private static final long COVER_BUDGET = 20_000;

    /** The key of the only record: the profile that was chosen last. */
    private static final String CHOSEN = "privacy-profile";

    private static final int BAND = 20;
    /** Bytes. */
    private static final int PACKET = 80;

    private static final int ECONOMY_PACKETS = 3;
    private static final long HOURS = 24;

    private final StateGuard guard;
    private final People people;
    private final OperatorSettings settings;
    private final NodeDirectory nodes;
    private final Notices notices;
    private final Pricing fees;
    private final Cover cover;

    public PrivacyService(
            StateGuard guard,
            OperatorSettings settings,
            NodeDirectory nodes,
            Notices notices,
            Pricing fees,
            Cover cover) {
        this.guard = guard;
        this.people = guard.people();
        this.settings = settings;
        this.nodes = nodes;
        this.notices = notices;
        this.fees = fees;
        this.cover = cover;
    }

    private record Wanted(String value, String why) {}

    /** @param cover the wanted state of cover traffic */
    private static Map<String, Wanted> settings(Profile profile, String cover) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        boolean economy = profile == Profile.ECONOMY;
        boolean maximum = profile == Profile.MAXIMUM;
        wanted.put(
                "carrier",
                economy
                        ? new Wanted("rolling", "a whole conversation costs one confirmed transaction")
                        : new Wanted("confirm", "each transaction looks like any other payment"));
        wanted.put("max-bucket", new Wanted(Integer.toString(PACKET), "larger packets stand out on the chain"));
        wanted.put(
                "roll-packets",
                economy
                        ? new Wanted(
                                Integer.toString(ECONOMY_PACKETS),
                                "the newest packets are sent again, so that readers miss fewer")
                        : new Wanted("1", "several OP_RETURN outputs stand out on the chain"));
        wanted.put(
                "jitter",
                economy
                        ? new Wanted("0s", "messages are sent at once, and an observer sees when you write")
                        : maximum
                                ? new Wanted(
                                        "2m", "the time of sending reveals little about when a message was written")
                                : new Wanted("auto", "a short random delay"));
        wanted.put(
                "rate-per-minute",
                maximum
                        ? new Wanted("4", "a burst of packets reveals a conversation")
                        : new Wanted("auto", "the standard limit"));
        wanted.put(
                "rate-burst",
                maximum ? new Wanted("1", "no more than one at a time") : new Wanted("20", "the standard burst"));
        wanted.put(
                "fee-band",
                economy
                        ? new Wanted("0", "exactly the estimate is paid")
                        : new Wanted(Integer.toString(BAND), "transactions have no fee rate in common"));
        wanted.put(
                "receipts",
                maximum
                        ? new Wanted("off", "receipts reveal that you are online")
                        : new Wanted("cover", "receipts are sent in place of decoys, at no extra cost"));
        wanted.put(
                "allow-strangers",
                new Wanted("false", "unknown senders get no answer, and learn nothing about your coins"));
        wanted.put(
                "allow-legacy-v1",
                maximum ? new Wanted("false", "version 1 has weak keys") : new Wanted("true", "old messages are read"));
        wanted.put(
                "default-ttl",
                maximum
                        ? new Wanted("15m", "erased messages cannot be found")
                        : new Wanted("1h", "the standard time to live"));
        wanted.put(
                "expire-on-chain",
                maximum
                        ? new Wanted("keep", "a recall would distinguish a message from a decoy")
                        : new Wanted("keep", "no more is paid for expired messages"));
        wanted.put(
                COVER,
                maximum
                        ? new Wanted(cover, "an observer does not see whether anyone is talking")
                        : new Wanted("off", "decoys cost as much as messages"));
        wanted.put(
                PROXY_REQUIRED,
                maximum
                        ? new Wanted("true", "all traffic leaves this machine through the proxy")
                        : new Wanted("unchanged", "this profile does not change it"));
        return wanted;
    }

    private static String plan(Duration mean, long budget) {
        boolean whole = mean.toSecondsPart() == 0;
        return "on, a packet every " + (whole ? mean.toMinutes() + "m" : mean.toSeconds() + "s") + ", at most " + budget
                + " sat a day";
    }

    /** Returns the current persona's cover traffic, if it was started. */
    private Optional<Cover.Status> running() throws PartylineException {
        Optional<String> current =
                guard.open(() -> guard.transact(tx -> Tables.all(tx, PersonaRecord.TABLE, PersonaRecord.class).stream()
                        .filter(PersonaRecord::current)
                        .map(PersonaRecord::name)
                        .findFirst()));
        return cover.status().stream()
                .filter(status -> status.running() || !status.problem().isEmpty())
                .filter(status -> current.equals(Optional.of(status.persona())))
                .findFirst();
    }

    private Map<String, String> now(Optional<Cover.Status> running) {
        Map<String, String> now = new LinkedHashMap<>(settings.values());
        now.put(
                COVER,
                running.map(status -> plan(status.mean(), status.budget())).orElse("off"));
        now.put(PROXY_REQUIRED, settings.isProxyRequired() ? "true" : "false");
        return now;
    }

    /**
     * The cost of cover traffic.
     *
     * @param day satoshi on average; empty if no node reports fee rates
     * @param budget for a day with many points and high fee rates; at most what the caps allow
     */
    private record Cost(Optional<Long> day, long budget, Covered covered) {}

    private Cost cost() {
        Optional<FeeRate> rate = rate();
        if (rate.isEmpty()) {
            return new Cost(Optional.empty(), COVER_BUDGET, Covered.WHOLE);
        }
        Settings settings = this.settings.get();
        long packet = fees.highest(rate.get(), BAND / 2).fee(TransactionSize.ONE_PACKET);
        long most = fees.highest(rate.get(), BAND).fee(TransactionSize.ONE_PACKET);
        long day = packet * COVER_POINTS;
        long wanted = most * MOST_POINTS;
        if (most > settings.fees().capMessage()) {
            return new Cost(
                    Optional.of(day),
                    settings.fees().capDay(),
                    new Covered(0, "fee-cap-message=" + settings.fees().capMessage() + "sat"));
        }
        boolean hour = settings.fees().capHour() * HOURS < settings.fees().capDay();
        long cap = Math.min(settings.fees().capDay(), settings.fees().capHour() * HOURS);
        Covered covered = cap >= day
                ? Covered.WHOLE
                : new Covered(
                        (int) (100 * cap / day),
                        hour
                                ? "fee-cap-hour=" + settings.fees().capHour() + "sat"
                                : "fee-cap-day=" + settings.fees().capDay() + "sat");
        return new Cost(Optional.of(day), Math.min(wanted, cap), covered);
    }

    /** Returns the wanted state of cover traffic: unchanged, if its budget lasts for a day at the present fee rates. */
    private static String wanted(Optional<Cover.Status> running, Cost cost) {
        boolean enough = running.isPresent()
                && running.get().mean().equals(COVER_MEAN)
                && running.get().budget() >= Math.min(cost.day().orElse(0L), cost.budget());
        return enough ? plan(running.get().mean(), running.get().budget()) : plan(COVER_MEAN, cost.budget());
    }

    @Override
    public Optional<Profile> current() throws PartylineException {
        for (Profile profile : Profile.values()) {
            if (preview(profile).settings().stream().noneMatch(Setting::changes)) {
                return Optional.of(profile);
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<Profile> chosen() throws PartylineException {
        Optional<byte[]> name = guard.open(() -> guard.transact(tx -> tx.get(CHOSEN, Keys.of(CHOSEN))));
        return name.flatMap(PrivacyService::named);
    }

    private static Optional<Profile> named(byte[] name) {
        return Stream.of(Profile.values())
                .filter(profile -> profile.name().equals(new String(name, StandardCharsets.US_ASCII)))
                .findFirst();
    }

    private void choose(Profile profile) throws PartylineException {
        guard.perform(() -> guard.update(tx -> {
            tx.put(CHOSEN, Keys.of(CHOSEN), Keys.ALL, profile.name().getBytes(StandardCharsets.US_ASCII), null);
        }));
    }

    @Override
    public Preview preview(Profile profile) throws PartylineException {
        Optional<Cover.Status> running = running();
        Map<String, String> now = now(running);
        Cost cost = cost();
        String plan = wanted(running, cost);
        List<Setting> all = new ArrayList<>();
        settings(profile, plan).forEach((key, wanted) -> {
            String before = now.getOrDefault(key, "");
            String then = wanted.value().equals("unchanged") ? before : wanted.value();
            all.add(new Setting(key, before, then, wanted.why()));
        });
        boolean economy = profile == Profile.ECONOMY;
        Optional<Long> first =
                rate().map(rate -> fees.highest(rate, economy ? 0 : BAND).fee(TransactionSize.ONE_PACKET));
        Optional<Long> perMessage = economy ? first(this::increment) : first;
        if (profile != Profile.MAXIMUM) {
            return new Preview(profile, all, perMessage, first, Optional.of(0L), 0, Covered.WHOLE);
        }
        boolean keeps = running.isPresent() && plan.equals(now.get(COVER));
        return new Preview(
                profile,
                all,
                perMessage,
                first,
                cost.day(),
                keeps ? running.get().budget() : cost.budget(),
                cost.covered());
    }

    /** Returns the fee rate of a transaction on the first network that has one. */
    private Optional<FeeRate> rate() {
        return first(node -> fees.rate(nodes.inUse().stream()
                .filter(other -> other.network() == node.network())
                .toList()));
    }

    /**
     * Returns the maximum that a message adds to a rolling transaction that carries the newest messages, which grows
     * until it carries all of them.
     */
    private long increment(Transport node) throws PartylineException {
        int most = Math.min(ECONOMY_PACKETS, node.policy().maxOutputs());
        int vsize = TransactionSize.ONE_PACKET;
        long fee = fees.rate(node).fee(vsize);
        long added = 0;
        for (int packets = 2; packets <= most + 1; packets++) {
            int next = TransactionSize.of(PACKET, Math.min(packets, most));
            long replacement = fees.replacement(fee, vsize, next, List.of(node));
            added = Math.max(added, replacement - fee);
            fee = replacement;
            vsize = next;
        }
        return added;
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask(Transport node) throws PartylineException;
    }

    private <T> Optional<T> first(Question<T> question) {
        for (Transport node : nodes.inUse()) {
            try {
                return Optional.of(question.ask(node));
            } catch (PartylineException e) {
                // Try the next node.
                continue;
            }
        }
        return Optional.empty();
    }

    @Override
    public Preview apply(Profile profile) throws PartylineException {
        if (profile == Profile.MAXIMUM) {
            // Before anything changes: the last step starts cover traffic, which needs a persona and may need consent.
            requireAccepted();
        }
        Preview preview = preview(profile);
        // If this is interrupted, the missing changes can be seen.
        choose(profile);
        // The proxy comes first: if its file cannot be written, nothing leaves that would not have left before. Cover
        // traffic comes last, as it uses the other settings.
        if (changes(preview, PROXY_REQUIRED)) {
            settings.requireProxy();
        }
        for (Setting setting : preview.settings()) {
            if (setting.changes()
                    && !setting.key().equals(COVER)
                    && !setting.key().equals(PROXY_REQUIRED)) {
                settings.set(setting.key(), setting.then());
            }
        }
        if (changes(preview, COVER)) {
            if (profile == Profile.MAXIMUM) {
                cover.start(Optional.empty(), COVER_MEAN, preview.budget());
            } else {
                cover.stop(Optional.empty());
            }
        }
        notices.security()
                .record(
                        "privacy-profile",
                        "the privacy profile was set to " + profile.name().toLowerCase(java.util.Locale.ROOT));
        notices.bus().publish(new Bus.Retry());
        return preview;
    }

    /** Rejects anything that can only spend real money until its use was accepted once. */
    private void requireAccepted() throws PartylineException {
        Set<Network> networks = guard.<Set<Network>, PartylineException>open(() -> people.conversations.networks(
                guard.<PersonaRecord, PartylineException>transact(tx -> PersonaRecord.named(tx, Optional.empty()))
                        .id()));
        if (networks.equals(Set.of(Network.MAINNET))) {
            ChosenNetwork.requireAccepted(settings, Network.MAINNET);
        }
    }

    private static boolean changes(Preview preview, String key) {
        return preview.settings().stream().anyMatch(setting -> setting.key().equals(key) && setting.changes());
    }
}
