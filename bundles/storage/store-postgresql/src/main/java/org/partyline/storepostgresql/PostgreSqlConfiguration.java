package org.partyline.storepostgresql;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.config.Setting;
import org.partyline.api.config.SettingsDeclaration;

/**
 * The settings in {@code etc/org.partyline.store.postgresql.cfg}. {@link PostgreSqlSettings} reads it, even before the
 * framework and the api are available.
 */
@Component
public final class PostgreSqlConfiguration implements SettingsDeclaration {
    private static final Setting<String> URL = Setting.text(
                    "url", "", "jdbc:postgresql://[HOST][:PORT]/DATABASE, or nothing")
            .unit("address")
            .effect("at the next start")
            .says("The database, without parameters. Empty: H2 in the server's home, and no standby.");

    private static final Setting<String> USER = Setting.text(
                    "user", PostgreSqlSettings.STANDARD_USER, "1 to 63 letters, digits, _ and -")
            .effect("at the next start")
            .says("PostgreSQL's user.");

    private static final Setting<String> PASSWORD_FILE = Setting.text(
                    "password-file", PostgreSqlSettings.STANDARD_PASSWORD_FILE, "a path")
            .unit("file")
            .effect("at the next start")
            .says("File of mode 0600 with the user's password in one line; relative to the directory etc. "
                    + "Not needed where PostgreSQL knows the user by its Unix socket (peer).");

    private static final Setting<String> ROOT_CERTIFICATES = Setting.text("root-certificates", "", "a path, or nothing")
            .unit("file")
            .effect("at the next start")
            .says(
                    "File with the certificates (PEM) that verify the database server; relative to the directory etc. Empty: Java's own.");

    private static final Setting<String> NAME = Setting.text(
                    "name", "", "1 to 60 letters, digits, ., _ and -, or nothing")
            .effect("at the next start")
            .says("This server's name, shown to others when it leads. Empty: its host name.");

    @Override
    public String pid() {
        return PostgreSqlSettings.PID;
    }

    @Override
    public String title() {
        return "The PostgreSQL database that this server shares with its standby. Read when the server starts.";
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(URL, USER, PASSWORD_FILE, ROOT_CERTIFICATES, NAME);
    }
}
