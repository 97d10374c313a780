package com.example.extension.greeting;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Personas;
import org.partyline.consoleline.Role;
import org.partyline.shell.spi.ConsoleCommand;
import org.partyline.shell.spi.Needs;

/** Greets a persona of this server. */
@Command(
        scope = ConsoleCommand.SCOPE,
        name = "example-greet",
        description = "Greet a persona",
        detailedDescription = "partyline:example-greet alice --tone WARM")
@Needs(Role.TALK)
final class GreetCommand extends ConsoleCommand {
    /** The tone of the greeting. */
    enum Tone {
        PLAIN,
        WARM
    }

    private final Supplier<Personas> personas;

    @Argument(name = "PERSONA", description = "Whom", required = true)
    private String persona;

    @Option(name = "--tone", description = "How")
    private Tone tone = Tone.PLAIN;

    GreetCommand(Supplier<Personas> personas) {
        this.personas = personas;
    }

    @Override
    public Collection<String> completions(String name) {
        return name.equals("PERSONA") ? names() : List.of();
    }

    private List<String> names() {
        try {
            Personas here = personas.get();
            return here == null
                    ? List.of()
                    : here.list().stream().map(Personas.Persona::name).toList();
        } catch (PartylineException e) {
            // Locked: no names are known.
            return List.of();
        }
    }

    @Override
    protected void run() throws PartylineException, IOException {
        if (!names().contains(persona)) {
            throw new PartylineException("there is no persona '" + output().clean(persona) + "' to greet");
        }
        String text = greeting() + ", " + persona + (tone == Tone.WARM ? ", and welcome" : "");
        print(new Document(persona, tone.name().toLowerCase(Locale.ROOT), text), output().clean(text));
    }

    private static String greeting() throws IOException {
        try (InputStream in = GreetCommand.class.getResourceAsStream("greeting.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    record Document(String persona, String toneOfVoice, String greeting) {}
}
