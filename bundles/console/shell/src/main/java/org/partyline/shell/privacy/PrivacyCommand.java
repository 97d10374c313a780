package org.partyline.shell.privacy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Privacy.Preview;
import org.partyline.api.engine.Privacy.Profile;
import org.partyline.api.engine.Privacy.Setting;
import org.partyline.api.json.JsonValues;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Shows and sets the privacy profiles. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "privacy",
        description = "Show what each privacy profile sets and costs, or set one",
        detailedDescription = "partyline:privacy\npartyline:privacy balanced\npartyline:privacy maximum --yes")
@Needs(Role.OPERATE)
final class PrivacyCommand extends PartylineCommand {
    private static final String PROXY_REQUIRED = "proxy-required";
    /** Routes that a required proxy does not change ({@link org.partyline.api.transport.NetworkRoute#text()}). */
    private static final String DIRECT = "direct";

    @Argument(
            name = "PROFILE",
            description =
                    "economy: lowest cost; balanced; maximum: for suspected surveillance; otherwise show " + "all")
    private @Nullable Profile profile;

    @Option(name = "--yes", description = "Do not ask for confirmation")
    private boolean yes;

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Privacy privacy = engine().privacy();
        if (profile == null) {
            if (yes) {
                throw new CommandError("--yes requires a profile: economy, balanced or maximum");
            }
            showAll(privacy);
        } else {
            set(privacy, profile);
        }
    }

    private void showAll(Privacy privacy) throws PartylineException {
        Optional<Profile> current = privacy.current();
        List<Preview> previews = new ArrayList<>();
        for (Profile each : Profile.values()) {
            previews.add(privacy.preview(each));
        }
        print(Document.of(current, false, previews), () -> {
            console()
                    .paragraph(current.map(now -> "The settings match the profile "
                                    + console().paint(Style.BOLD, name(now)) + ".")
                            .orElse("The settings match no profile: each of these would change some."));
            for (Preview preview : previews) {
                console().line("");
                console()
                        .paragraph(console().paint(Style.BOLD, name(preview.profile())) + ": "
                                + about(preview.profile()) + "; " + cost(preview));
                table(preview);
            }
            next("partyline:privacy PROFILE");
        });
    }

    private void set(Privacy privacy, Profile wanted) throws CommandError, PartylineException, InterruptedException {
        Preview preview = privacy.preview(wanted);
        long changes = preview.settings().stream().filter(Setting::changes).count();
        if (changes == 0) {
            print(
                    Document.of(Optional.of(wanted), false, List.of(preview)),
                    "The settings already match the profile " + name(wanted) + ".");
            return;
        }
        List<String> warnings = warnings(preview);
        if (!json()) {
            console()
                    .paragraph(console().paint(Style.BOLD, name(wanted)) + ": " + about(wanted) + "; " + cost(preview));
            table(preview);
            warnings.forEach(warning -> console().hanging(console().paint(Style.WARN, "Warning") + "  ", warning));
        }
        if (!go(changes)) {
            return;
        }
        boolean decoys = wanted == Profile.MAXIMUM && talksOnMainnetOnly(Optional.empty());
        if (decoys && !yes && !mainnetAccepted("Cancelled: nothing was changed.")) {
            return;
        }
        Preview applied = privacy.apply(wanted);
        print(Document.of(privacy.current(), true, List.of(applied)), () -> {
            console().line("The profile is now " + console().paint(Style.GOOD, name(wanted)) + ".");
            next(wanted == Profile.MAXIMUM ? "partyline:decoy-status, partyline:node-status" : "partyline:fee-status");
        });
    }

    private boolean go(long changes) throws CommandError, InterruptedException {
        if (yes) {
            return true;
        }
        String what = Units.count(changes, "setting");
        if (json() || !console().canAsk()) {
            throw new CommandError("this changes " + what + " and the session is not interactive: confirm with --yes");
        }
        boolean go = console()
                .choose("Change " + what + "?", List.of("yes", "no"), "no")
                .equals("yes");
        if (!go) {
            console().line("Cancelled: nothing was changed.");
        }
        return go;
    }

    /** Returns what will stop working. */
    private List<String> warnings(Preview preview) throws CommandError {
        List<String> warnings = new ArrayList<>();
        if (preview.covered().percent() < 100) {
            warnings.add("at current fees " + preview.covered().cap() + " stops cover traffic after "
                    + preview.covered().percent()
                    + " % of a day, and an observer can see that traffic stopped: raise it with "
                    + "partyline:fee-limit");
        }
        boolean proxy = preview.settings().stream()
                .anyMatch(setting -> setting.key().equals(PROXY_REQUIRED) && setting.changes());
        if (proxy) {
            for (Node node : engine().nodes().list()) {
                if (node.status().route().equals(DIRECT)) {
                    warnings.add("node " + Sanitizer.line(node.name())
                            + " is reached without a proxy: it is not used until it has one");
                }
            }
            warnings.add(
                    "another profile does not reset proxy-required: change it in " + "etc/org.partyline.network.cfg");
        }
        return warnings;
    }

    private void table(Preview preview) {
        Table table = new Table().column("SETTING").words("NOW").words("THEN").words("WHY");
        for (Setting setting : preview.settings()) {
            if (setting.changes()) {
                table.row(
                        setting.key(),
                        setting.now(),
                        new Table.Cell(Sanitizer.line(setting.then()), Style.WARN),
                        setting.why());
            }
        }
        table.print(console(), "It changes nothing: these settings are in force.");
    }

    private static String about(Profile profile) {
        return switch (profile) {
            case ECONOMY -> "lowest cost";
            case BALANCED -> "each message looks like an ordinary payment";
            case MAXIMUM -> "for suspected surveillance";
        };
    }

    private static String cost(Preview preview) {
        String message = preview.perMessage()
                .map(sat -> "at most " + Units.sat(sat) + " a message")
                .orElse("no node can estimate the cost of a message");
        String first = preview.first()
                .filter(sat -> !preview.perMessage().equals(Optional.of(sat)))
                .map(sat -> ", the first of a conversation at most " + Units.sat(sat))
                .orElse("");
        String day = preview.perDay()
                .map(sat -> sat == 0
                        ? ", no cover traffic"
                        : ", about " + Units.sat(sat) + " a day for cover traffic, at most "
                                + Units.sat(preview.budget()))
                .orElse("");
        String share = preview.covered().percent() == 100
                ? ""
                : ", and " + preview.covered().cap() + " stops it after "
                        + preview.covered().percent() + " % of a day";
        return message + first + day + share;
    }

    private static String name(Profile profile) {
        return profile.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The profiles.
     *
     * @param current the profile whose settings all apply; null if none
     * @param applied whether this run set it
     */
    record Document(@Nullable String current, boolean applied, List<ProfileView> profiles) {
        static Document of(Optional<Profile> current, boolean applied, List<Preview> previews) {
            return new Document(
                    current.map(PrivacyCommand::name).orElse(null),
                    applied,
                    previews.stream().map(ProfileView::of).toList());
        }
    }

    /**
     * A profile as {@code --json} shows it.
     *
     * @param firstMessageSat for the first message of a conversation
     * @param perDaySat for cover traffic
     * @param budgetSat the budget for cover traffic, per day
     * @param coveredPercent of a day, at the present fee rates
     * @param endedBy the cap that ends it; null if none
     */
    record ProfileView(
            String profile,
            @Nullable Long perMessageSat,
            @Nullable Long firstMessageSat,
            @Nullable Long perDaySat,
            long budgetSat,
            int coveredPercent,
            @Nullable String endedBy,
            List<SettingView> settings) {
        static ProfileView of(Preview preview) {
            return new ProfileView(
                    name(preview.profile()),
                    preview.perMessage().orElse(null),
                    preview.first().orElse(null),
                    preview.perDay().orElse(null),
                    preview.budget(),
                    preview.covered().percent(),
                    preview.covered().cap().isEmpty() ? null : preview.covered().cap(),
                    preview.settings().stream().map(SettingView::of).toList());
        }
    }

    record SettingView(
            String key, @Nullable String now, @Nullable String then, boolean changes, String why) {
        static SettingView of(Setting setting) {
            return new SettingView(
                    setting.key(),
                    JsonValues.orNull(setting.now()),
                    JsonValues.orNull(setting.then()),
                    setting.changes(),
                    setting.why());
        }
    }
}
