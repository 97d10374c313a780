package org.partyline.shell.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.Nullable;
import org.partyline.api.PartylineException;
import org.partyline.api.config.Configurations;
import org.partyline.api.config.Configurations.Section;
import org.partyline.api.config.Configurations.Value;
import org.partyline.api.json.JsonValues;
import org.partyline.consoleline.Role;
import org.partyline.shell.command.PartylineCommand;
import org.partyline.shell.error.CommandError;
import org.partyline.shell.output.KeyValueView;
import org.partyline.shell.output.Sanitizer;
import org.partyline.shell.output.Style;
import org.partyline.shell.output.Table;
import org.partyline.shell.spi.Needs;

/** Shows and changes settings. */
@Command(
        scope = PartylineCommand.SCOPE,
        name = "config",
        description = "Show every setting with its default, range and unit, explain one, or set it",
        detailedDescription = "partyline:config\n" + "partyline:config engine\n" + "partyline:config default-ttl 2h\n"
                + "partyline:config --reset default-ttl")
@Needs(Role.OPERATE)
final class ConfigCommand extends PartylineCommand {
    private static final String AT_ONCE = "at once";

    @Argument(name = "NAME", description = "A setting or a section; otherwise all of them")
    @Completion(SettingNames.class)
    private @Nullable String name;

    @Argument(index = 1, name = "VALUE", description = "The new value; '' for an empty value")
    @Completion(SettingValues.class)
    private @Nullable String value;

    @Option(name = "--reset", description = "Restore the default")
    private boolean reset;

    @Option(name = "--changed", description = "Show only changed settings")
    private boolean changed;

    @Override
    protected void run() throws CommandError, PartylineException {
        refuseMixtures();
        Configurations configurations = engine().configurations();
        List<Section> sections = configurations.list();
        if (name != null && (reset || value != null)) {
            String before = configurations.get(name).value();
            if (value == null) {
                configurations.reset(name);
            } else {
                configurations.set(name, value);
            }
            Value now = configurations.get(name);
            print(only(configurations.list(), now.name()), () -> told(now, before));
            return;
        }
        if (name == null || sections.stream().anyMatch(section -> section.name().equals(name))) {
            List<Section> shown = sections.stream()
                    .filter(section -> name == null || section.name().equals(name))
                    .map(this::narrowed)
                    .filter(section -> !section.settings().isEmpty())
                    .toList();
            print(Document.of(shown), () -> list(shown));
            return;
        }
        Value found = configurations.get(name);
        print(only(sections, found.name()), () -> explain(sections, found));
    }

    private void refuseMixtures() throws CommandError {
        if (reset && (name == null || value != null)) {
            throw new CommandError("--reset requires the name of one setting, without a value");
        }
        if (changed && (reset || value != null)) {
            throw new CommandError("--changed applies to the list only: omit it");
        }
    }

    private Section narrowed(Section section) {
        return new Section(
                section.name(),
                section.title(),
                section.file(),
                section.bundle(),
                section.settings().stream()
                        .filter(each -> !changed || differs(each))
                        .toList());
    }

    private static boolean differs(Value each) {
        return !each.value().equals(each.standard());
    }

    private static Document only(List<Section> sections, String setting) {
        return Document.of(sections.stream()
                .map(section -> new Section(
                        section.name(),
                        section.title(),
                        section.file(),
                        section.bundle(),
                        section.settings().stream()
                                .filter(each -> each.name().equals(setting))
                                .toList()))
                .filter(section -> !section.settings().isEmpty())
                .toList());
    }

    private void list(List<Section> sections) {
        if (sections.isEmpty()) {
            console().line(changed ? "All settings have their defaults." : "No running bundle has settings.");
        }
        for (Section section : sections) {
            console()
                    .paragraph(
                            Style.BOLD,
                            Sanitizer.line(section.name()) + ": " + Sanitizer.line(section.title()) + " (etc/"
                                    + Sanitizer.line(section.file()) + ")");
            Table table = new Table()
                    .column("SETTING")
                    .words("VALUE")
                    .words("DEFAULT")
                    .words("RANGE")
                    .column("UNIT");
            for (Value each : section.settings()) {
                String value = shown(each.value());
                table.row(
                        each.name().substring(section.name().length() + 1),
                        Table.Cell.of(value, differs(each) ? Style.BOLD : Style.PLAIN),
                        shown(each.standard()),
                        each.range(),
                        unit(each));
            }
            table.print(console(), "");
            console().line("");
        }
    }

    private static String unit(Value each) {
        return each.unit().equals("none") ? "" : each.unit();
    }

    private static String shown(String value) {
        return value.isEmpty() ? "–" : value;
    }

    private void explain(List<Section> sections, Value found) {
        Section section = sections.stream()
                .filter(each -> each.settings().contains(found))
                .findFirst()
                .orElseThrow();
        KeyValueView view = new KeyValueView(console());
        view.add("Setting", Sanitizer.line(found.name()));
        view.add("Value", Sanitizer.line(shown(found.value())) + (found.isSet() ? "" : " (default)"));
        view.add("Default", Sanitizer.line(shown(found.standard())));
        view.add("Range", Sanitizer.line(found.range()));
        view.add("Unit", found.unit().isEmpty() ? "none" : Sanitizer.line(found.unit()));
        view.add("For", Sanitizer.line(found.what()));
        Map<String, String> choices = found.traits().choices();
        if (!choices.isEmpty()) {
            view.add(
                    "Values",
                    choices.entrySet().stream()
                            .map(each -> each.getKey().equals(each.getValue())
                                    ? shown(each.getKey())
                                    : shown(each.getKey()) + ": " + each.getValue())
                            .map(Sanitizer::line)
                            .collect(Collectors.joining("; ")));
        }
        view.add("Counts", Sanitizer.line(effect(found)));
        if (!found.traits().command().isEmpty()) {
            view.add("Set by", Sanitizer.line(found.traits().command()));
        }
        view.add("In", "etc/" + Sanitizer.line(section.file()) + ", for bundle " + Sanitizer.line(section.bundle()));
        view.print();
    }

    private static String effect(Value value) {
        return value.traits().effect().isEmpty() ? AT_ONCE : value.traits().effect();
    }

    private void told(Value now, String before) {
        String is = now.value().equals(before) ? " is " : " was " + shown(before) + ", now ";
        console()
                .line(Sanitizer.line(now.name() + is + shown(now.value()) + (now.isSet() ? "" : " again (the default)")
                        + ". Takes effect " + effect(now) + "."));
    }

    record Document(List<SectionView> sections) {
        static Document of(List<Section> sections) {
            return new Document(sections.stream().map(SectionView::of).toList());
        }
    }

    record SectionView(String name, @Nullable String title, String file, String bundle, List<SettingView> settings) {
        static SectionView of(Section section) {
            return new SectionView(
                    section.name(),
                    JsonValues.orNull(section.title()),
                    section.file(),
                    section.bundle(),
                    section.settings().stream().map(SettingView::of).toList());
        }
    }

    /**
     * A setting as {@code --json} shows it.
     *
     * @param value null if there is none
     * @param standard the default; null if there is none
     * @param range null if its bundle does not declare it
     * @param unit null if it has none
     * @param what null if its bundle does not declare it
     * @param command the command that sets it; null if it is this one
     */
    record SettingView(
            String name,
            @Nullable String value,
            boolean set,
            @Nullable String standard,
            @Nullable String range,
            @Nullable String unit,
            @Nullable String what,
            boolean secret,
            String effect,
            @Nullable String command,
            List<String> choices) {
        static SettingView of(Value value) {
            return new SettingView(
                    value.name(),
                    JsonValues.orNull(value.value()),
                    value.isSet(),
                    JsonValues.orNull(value.standard()),
                    JsonValues.orNull(value.range()),
                    JsonValues.orNull(ConfigCommand.unit(value)),
                    JsonValues.orNull(value.what()),
                    value.traits().secret(),
                    ConfigCommand.effect(value),
                    JsonValues.orNull(value.traits().command()),
                    value.traits().choices().keySet().stream()
                            .filter(choice -> !choice.isEmpty())
                            .toList());
        }
    }
}
