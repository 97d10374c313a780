/** Shows and changes the settings of every bundle. */
package org.partyline.settings.config;
