package org.partyline.shell.log;

import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.log.LogSettings;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.completion.LoggingBundles;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.spi.Needs;

/** Shows and sets log levels and the log's format. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "log",
        description = "Show or set the log level of each bundle, or the log's format",
        detailedDescription = "partyline:log\npartyline:log vault debug\npartyline:log vault default\n"
                + "partyline:log --format json")
@Needs(Role.OPERATE)
final class LogCommand extends PartylineCommand {
    /** The words for levels. */
    enum Word {
        /** Failures. */
        ERROR,
        /** Also warnings. */
        WARN,
        /** Also events. */
        INFO,
        /** Also reasons. */
        DEBUG,
        /** Also each step. */
        TRACE,
        /** The bundle has no level of its own. */
        DEFAULT
    }

    @Argument(index = 0, name = "BUNDLE", description = "The bundle, without org.partyline.; otherwise show all")
    @Completion(LoggingBundles.class)
    private @Nullable String bundle;

    @Argument(
            index = 1,
            name = "LEVEL",
            description = "error, warn, info, debug or trace; default: the level of all other bundles")
    private @Nullable Word level;

    @Option(name = "--format", description = "text: log/partyline.log; json: JSON lines, log/partyline.jsonl")
    private LogSettings.@Nullable Format format;

    @Override
    protected void run() throws CommandError, PartylineException {
        LogSettings log = engine().log();
        if (bundle != null && level == null) {
            throw new CommandError("a bundle requires a level: error, warn, info, debug, trace or default");
        }
        if (bundle != null && level == Word.DEFAULT) {
            log.reset(bundle);
        } else if (bundle != null && level != null) {
            log.set(bundle, LogSettings.Level.valueOf(level.name()));
        }
        // Last, so that a level that is refused changes nothing.
        if (format != null) {
            log.format(format);
        }
        show(log.format(), log.entries());
    }

    private void show(LogSettings.Format form, List<LogSettings.Entry> entries) {
        print(new Document(word(form), entries.stream().map(View::of).toList()), () -> {
            Table table = new Table().column("BUNDLE").column("LEVEL").words("LOGGERS");
            for (LogSettings.Entry entry : entries) {
                table.row(
                        Table.Cell.of(entry.bundle(), Style.BOLD),
                        Table.Cell.of(word(entry.level()), entry.own() ? Style.WARN : Style.DIM),
                        entry.logger());
            }
            table.print(console(), "No bundles found: see bundle:list.");
            console()
                    .line(
                            form == LogSettings.Format.JSON
                                    ? "Written as JSON lines to log/partyline.jsonl."
                                    : "Written as text to log/partyline.log.");
        });
    }

    private static String word(Enum<?> each) {
        return each.name().toLowerCase(Locale.ROOT);
    }

    /**
     * The levels of all bundles.
     *
     * @param format {@code text} or {@code json}
     */
    record Document(String format, List<View> bundles) {}

    /**
     * The level of a bundle.
     *
     * @param own whether the bundle has a level of its own
     */
    record View(String bundle, String logger, String level, boolean own) {
        static View of(LogSettings.Entry entry) {
            return new View(entry.bundle(), entry.logger(), word(entry.level()), entry.own());
        }
    }
}
