package org.partyline.shell.cover;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Cover.Status;
import org.partyline.api.engine.Fees.FeeStatus;
import org.partyline.api.json.CoverView;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.PersonaNames;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Starts cover traffic. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "decoy-start",
        description = "Start or change cover traffic: at random times, send a message if one is waiting, "
                + "otherwise a decoy",
        detailedDescription = "partyline:decoy-start\npartyline:decoy-start --every 5m --budget 10000sat")
@Needs(Role.OPERATE)
final class DecoyStartCommand extends PartylineCommand {
    private static final Duration SHORTEST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final long MOST = 100_000_000;
    /** A handshake in three packets, its answer, and the message. */
    private static final int POINTS_OF_A_SESSION = 5;
    /** From this interval on, a session often cannot be opened within the day that a handshake is valid. */
    private static final Duration SELDOM = Duration.ofHours(2);

    @Option(name = "--persona", description = "Persona; otherwise the current one", valueToShowInHelp = "NAME")
    @Completion(PersonaNames.class)
    private @Nullable String persona;

    @Option(
            name = "--every",
            description =
                    "Average time between two packets, 30s to 24h; otherwise 10m. A message waits about as " + "long",
            valueToShowInHelp = "DURATION")
    @Completion(
            values = {"2m", "10m", "1h"},
            value = String.class)
    private String every = "10m";

    @Option(
            name = "--budget",
            description = "Maximum for messages and decoys in any 24 hours; otherwise 20000sat. When it is spent, "
                    + "cover traffic pauses",
            valueToShowInHelp = "AMOUNT")
    @Completion(
            values = {"5000sat", "20000sat"},
            value = String.class)
    private String budget = "20000sat";

    @Override
    protected void run() throws CommandError, PartylineException, InterruptedException {
        Duration mean = Units.duration("--every", every, SHORTEST, LONGEST);
        long most = Units.amount(budget);
        if (most < 1 || most > MOST) {
            throw new CommandError("--budget must be 1sat to " + MOST + "sat a day, not " + budget.strip());
        }
        if (talksOnMainnetOnly(given(persona)) && !mainnetAccepted("Cancelled: cover traffic was not started.")) {
            return;
        }
        Status status = engine().cover().start(given(persona), mean, most);
        List<FeeStatus> fees = engine().fees().status();
        print(CoverView.of(status), () -> show(status, fees));
    }

    private void show(Status status, List<FeeStatus> fees) {
        console()
                .paragraph("Cover traffic of " + Sanitizer.line(status.persona()) + " is "
                        + console().paint(CoverText.state(status).style(), "on") + ": " + CoverText.pace(status)
                        + ", at the points of a Poisson process. A waiting message takes the place of a decoy.");
        OptionalLong day = CoverText.perDay(status.mean(), fees);
        console()
                .paragraph("It spends at most " + Units.sat(status.budget())
                        + " in any 24 hours, on messages and decoys alike"
                        + (day.isPresent() ? "; at current fees a day costs about " + Units.sat(day.getAsLong()) : "")
                        + ".");
        if (day.isPresent() && day.getAsLong() > status.budget()) {
            console()
                    .paragraph(
                            Style.WARN,
                            "The budget is spent before the day ends, and an observer can then see that traffic "
                                    + "stopped: raise the budget, or send less often.");
        }
        if (status.mean().compareTo(SELDOM) >= 0) {
            console()
                    .paragraph(
                            Style.WARN,
                            "Opening a session takes five points, about "
                                    + Units.duration(status.mean().multipliedBy(POINTS_OF_A_SESSION))
                                    + " at this pace, and is abandoned after a day: open the sessions you need first.");
        }
        if (!status.problem().isEmpty()) {
            console().paragraph(Style.WARN, "On hold: " + Sanitizer.line(status.problem()) + ".");
        }
        next("partyline:decoy-status");
    }
}
