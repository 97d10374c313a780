package org.partyline.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Privacy;
import org.partyline.api.transport.Transport;

/** Shows and sets the privacy profiles. */
final class PrivacyService implements Privacy {
    private static final String COVER = "cover";
    private static final String PROXY_REQUIRED = "proxy-required";
    private static final Duration COVER_MEAN = Duration.ofMinutes(10);
    private static final long COVER_BUDGET = 20_000;

    private final Core core;
    private final FeePolicy fees;
    private final Cover cover;
    private final NetworkFile network;

    PrivacyService(Core core, FeePolicy fees, Cover cover, NetworkFile network) {
        this.core = core;
        this.fees = fees;
        this.cover = cover;
        this.network = network;
    }

    private record Wanted(String value, String why) {}

    private static Map<String, Wanted> settings(Profile profile) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        boolean economy = profile == Profile.ECONOMY;
        boolean maximum = profile == Profile.MAXIMUM;
        wanted.put(
                "carrier",
                economy
                        ? new Wanted("rolling", "a whole conversation costs one confirmed transaction")
                        : new Wanted("confirm", "each transaction looks like any other payment"));
        wanted.put("max-bucket", new Wanted("80", "larger packets stand out on the chain"));
        wanted.put(
                "roll-packets",
                economy
                        ? new Wanted("3", "the newest packets ride again, so that none is missed")
                        : new Wanted("1", "several OP_RETURN outputs stand out on the chain"));
        wanted.put(
                "jitter",
                economy
                        ? new Wanted("0s", "messages leave at once, and who watches sees when you write")
                        : maximum
                                ? new Wanted("2m", "when a message leaves tells little of when it was written")
                                : new Wanted("auto", "a short random delay"));
        wanted.put(
                "rate-per-minute",
                maximum
                        ? new Wanted("4", "a burst of packets tells that somebody talks")
                        : new Wanted("auto", "the standard limit"));
        wanted.put(
                "fee-band",
                economy
                        ? new Wanted("0", "no more than the estimate is paid")
                        : new Wanted("20", "transactions have no fee rate in common"));
        wanted.put("send-receipts", new Wanted("false", "receipts tell that you are there"));
        wanted.put(
                "allow-strangers",
                maximum
                        ? new Wanted("false", "who is no contact gets no answer")
                        : new Wanted("true", "who has your card can write to you"));
        wanted.put(
                "allow-legacy-v1",
                maximum ? new Wanted("false", "version 1 has weak keys") : new Wanted("true", "old messages are read"));
        wanted.put(
                "default-ttl",
                maximum
                        ? new Wanted("15m", "what is not kept is not found")
                        : new Wanted("1h", "the standard time to live"));
        wanted.put(
                "expire-on-chain",
                maximum
                        ? new Wanted("keep", "a recall would tell a message from a decoy")
                        : new Wanted("keep", "nothing more is paid for what has expired"));
        wanted.put(
                COVER,
                maximum
                        ? new Wanted(every(COVER_MEAN), "who watches does not see whether anybody talks")
                        : new Wanted("off", "decoys cost as much as messages"));
        wanted.put(
                PROXY_REQUIRED,
                maximum
                        ? new Wanted("true", "nothing leaves this machine but through the proxy")
                        : new Wanted("as it is", "this profile does not change it"));
        return wanted;
    }

    private static String every(Duration mean) {
        boolean whole = mean.toSecondsPart() == 0;
        return "on, a packet every " + (whole ? mean.toMinutes() + "m" : mean.toSeconds() + "s");
    }

    private Map<String, String> now() throws PartylineException {
        Map<String, String> now = new LinkedHashMap<>(core.settings.values());
        now.put(
                COVER,
                cover.status().stream()
                        .filter(status -> status.running() || !status.problem().isEmpty())
                        .map(status -> every(status.mean()))
                        .findFirst()
                        .orElse("off"));
        now.put(PROXY_REQUIRED, network.isProxyRequired() ? "true" : "false");
        return now;
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
    public Preview preview(Profile profile) throws PartylineException {
        Map<String, String> now = now();
        List<Setting> all = new ArrayList<>();
        settings(profile).forEach((key, wanted) -> {
            String before = now.getOrDefault(key, "");
            String then = wanted.value().equals("as it is") ? before : wanted.value();
            all.add(new Setting(key, before, then, wanted.why()));
        });
        Optional<Long> perMessage = perMessage(profile);
        Optional<Long> perDay = profile == Profile.MAXIMUM
                ? perMessage.map(
                        fee -> Math.min(COVER_BUDGET, fee * Duration.ofDays(1).dividedBy(COVER_MEAN)))
                : Optional.of(0L);
        return new Preview(profile, all, perMessage, perDay);
    }

    private Optional<Long> perMessage(Profile profile) {
        for (Transport node : core.nodes.inUse()) {
            try {
                return Optional.of(
                        profile == Profile.ECONOMY
                                ? node.policy().incrementalFee().fee(FeePolicy.PACKET_VSIZE)
                                : fees.rate(node).fee(FeePolicy.PACKET_VSIZE));
            } catch (PartylineException e) {
                // The next node may say.
                continue;
            }
        }
        return Optional.empty();
    }

    @Override
    public Preview apply(Profile profile) throws PartylineException {
        if (profile == Profile.MAXIMUM) {
            // Before anything changes: it starts cover traffic.
            CoverRunner.requireAccepted(core, Optional.empty());
        }
        Preview preview = preview(profile);
        for (Setting setting : preview.settings()) {
            if (!setting.changes()) {
                continue;
            }
            switch (setting.key()) {
                case COVER -> {
                    if (profile == Profile.MAXIMUM) {
                        cover.start(Optional.empty(), COVER_MEAN, COVER_BUDGET);
                    } else {
                        for (Cover.Status running : cover.status()) {
                            cover.stop(Optional.of(running.persona()));
                        }
                    }
                }
                case PROXY_REQUIRED -> network.requireProxy();
                default -> core.settings.set(setting.key(), setting.then());
            }
        }
        core.audit(
                "privacy-profile",
                "the privacy profile was set to " + profile.name().toLowerCase(java.util.Locale.ROOT));
        core.kickAll.run();
        return preview;
    }
}
