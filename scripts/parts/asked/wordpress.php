<?php
// A WordPress of its own: `php wordpress.php FOLDER SERVED SITE` installs it, writes a post with an episode's address in
// a block of its own, as the editor puts what is pasted, and the list of news below, and says the post's address.
[, $folder, $served, $site] = $argv;
$_SERVER['HTTP_HOST'] = parse_url($served, PHP_URL_HOST) . ':' . parse_url($served, PHP_URL_PORT);
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
define('WP_INSTALLING', true);
require "$folder/wp-load.php";
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Prov', 'prov', 'prov@example.org', true, '', wp_generate_password());
wp_installing(false);
wp_set_current_user(1);
$episode = "{$site}podd/atta-fragor/";
$player = '<!-- wp:embed {"url":"' . $episode . '"} --><figure class="wp-block-embed"><div class="wp-block-embed__wrapper">'
    . "\n$episode\n</div></figure><!-- /wp:embed -->";
$list = '<!-- wp:rss {"feedURL":"' . $site . 'nytt.xml","itemsToShow":20} /-->';
$id = wp_insert_post(wp_slash([
    'post_title' => 'Prov',
    'post_status' => 'publish',
    'post_content' => "$player\n\n$list",
]), true);
echo is_wp_error($id) ? $id->get_error_message() : "$served?p=$id";
