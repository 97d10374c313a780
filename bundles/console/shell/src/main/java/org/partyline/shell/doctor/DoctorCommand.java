package org.partyline.shell.doctor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.health.Finding.Verdict;
import org.partyline.api.json.FindingView;
import org.partyline.api.store.Store;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Units;
import org.partyline.shell.spi.Needs;

/** Shows what is unsafe, and what to do about it. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "doctor",
        description = "Check the server, its nodes and settings, and show what to do; exit status 0: no findings, "
                + "4: locked, 5: warnings, 6: unsafe",
        detailedDescription = "partyline:doctor\n" + "partyline:doctor --all")
@Needs(Role.EVERYONE)
final class DoctorCommand extends PartylineCommand {
    @Option(name = "--all", description = "Also show passed checks")
    private boolean all;

    /** Null before it has run. */
    private @Nullable Integer status;

    /** For a program only: a console would print the number. */
    @Override
    protected @Nullable Integer exitStatus() {
        return console().canAsk() ? null : status;
    }

    @Override
    protected void run() throws CommandError {
        // Refused if there is no doctor: the command status reports what is known without it.
        engine().doctor();
        ServerHealth judgement = ServerHealth.of(engine(), clock().instant());
        List<Finding> findings = judgement.findings();
        Doctor.Look look = judgement.look();
        status = judgement.exitStatus(store());
        print(
                new Document(
                        look.unsafe(),
                        look.warnings(),
                        findings.stream().map(FindingView::of).toList()),
                () -> {
                    for (Verdict verdict : List.of(Verdict.UNSAFE, Verdict.WARNING, Verdict.OK)) {
                        if (verdict != Verdict.OK || all) {
                            findings.stream()
                                    .filter(finding -> finding.verdict() == verdict)
                                    .forEach(this::show);
                        }
                    }
                    console()
                            .line(DoctorText.of(look) + "; " + Units.count(findings.size(), "point") + " checked"
                                    + (all ? "." : " (--all shows the others, too)."));
                });
    }

    private Optional<Store.State> store() {
        try {
            return Optional.of(engine().vault().state());
        } catch (CommandError e) {
            return Optional.empty();
        }
    }

    private void show(Finding finding) {
        console()
                .hanging(
                        console().paint(style(finding.verdict()), String.format("%-8s", word(finding.verdict()))) + " ",
                        Sanitizer.line(finding.check()) + ": " + Sanitizer.line(finding.what()));
        if (!finding.remedy().isEmpty()) {
            console().hanging("         ", "→ " + Sanitizer.line(finding.remedy()));
        }
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }

    private static Style style(Verdict verdict) {
        return switch (verdict) {
            case OK -> Style.GOOD;
            case WARNING -> Style.WARN;
            case UNSAFE -> Style.BAD;
        };
    }

    /**
     * The findings, and their numbers.
     *
     * @param unsafe number of unsafe findings @param warnings number of warnings
     */
    record Document(long unsafe, long warnings, List<FindingView> findings) {}
}
