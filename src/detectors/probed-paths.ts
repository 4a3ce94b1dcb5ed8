/** Paths that only a search for weak spots asks for, and those that browsers ask for by themselves. */

/** Secrets and code that is left lying about: no link leads there. */
const secrets =
  /\/\.(?:env|git\/|git-credentials|gitconfig|svn\/|hg\/|bzr\/|aws\/|ssh\/|docker|kube\/|htpasswd|htaccess|ds_store|npmrc|netrc|pgpass|bash_history|vscode\/sftp|idea\/|remote|ftpconfig|config\/)|\/(?:wp-config\.(?:php[.~_]|bak|old|txt)|config\.(?:php|inc|json|ya?ml|bak)[.~]?(?:bak|old|save|swp)|id_(?:rsa|dsa|ed25519)|credentials(?:\.json)?$|secrets?\.(?:json|ya?ml)|(?:backup|dump|db|database|site|www|wwwroot|web)\.(?:zip|tar|tar\.gz|tgz|sql|rar|7z|bak)$|docker-compose\.ya?ml|terraform\.tfstate|appsettings\.json|web\.config$|phpinfo\.php|info\.php$|server-status$|sftp-config\.json|aws\.(?:json|ya?ml)|_profiler\/phpinfo|\.?composer\/auth\.json)/i;

/** Doors of products; a site that has one is asked for it by its own people, so they count where they are missing. */
const doors =
  /\/(?:php-?my-?admin|pma|myadmin|mysql-?admin|adminer|dbadmin|phppgadmin|sqladmin|wp-login\.php|wp-admin|xmlrpc\.php|wp-content\/plugins|wlwmanifest\.xml|administrator\/|manager\/html|host-manager|actuator|jolokia|solr\/|jenkins|script$|console\/?$|jmx-console|web-console|invoker\/|axis2|struts|cgi-bin\/|boaform|hnap1|goform|setup\.cgi|board\.cgi|onvif|sdk$|evox\/about|gponform|shell$|shell\?|ucp\/|owa\/|ecp\/|autodiscover|remote\/(?:login|fgt_lang)|dana-na|vpn\/|\+cscoe\+|global-protect|sslmgr|mgmt\/tm|tmui|nagios|zabbix|cacti|grafana|kibana|_cat\/|_search|_ignition|telescope|horizon\/api|vendor\/phpunit|eval-stdin\.php|think\/|index\.php\?s=|api\/jsonws|nacos|druid\/|swagger|v2\/_catalog|containers\/json|portal\/redlion|hudson|geoserver|seeyon|weaver|webmin|plesk|cpanel|roundcube|squirrelmail|(?:v-)?webmail|~(?:$|root|admin|test|guest|www|ftp|nobody|operator)|horde|magento|joomla|drupal|typo3|umbraco|sitecore|login\.action|\.well-known\/security|alfa|c99|r57|wso|shell\.php|up\.php|upload\.php|fckeditor|ckfinder|kcfinder|elfinder|filemanager|teorema505|stalker_portal|streaming\/clients)/i;

/** What clients fetch unasked, and what belongs to pages: its absence is the site's fault. */
const unasked =
  /^\/(?:favicon|apple-touch-icon|browserconfig\.xml|robots\.txt|humans\.txt|ads\.txt|app-ads\.txt|sitemap|manifest\.json|site\.webmanifest|crossdomain\.xml|clientaccesspolicy\.xml|\.well-known\/|service-?worker\.js|sw\.js|rss|feed|atom|opensearch)|\.(?:png|jpe?g|gif|svg|webp|avif|ico|bmp|css|js|mjs|map|woff2?|ttf|eot|otf|mp4|webm|mp3|ogg|json|xml|rss|atom|pdf|txt)$/i;

const scripts =
  /\.(?:php\d?|phtml|aspx?|ashx|asmx|jspx?|do|action|cgi|pl|cfm|sh|py|rb|exe|dll|bak|sql|zip|tar|gz|rar|7z|old|inc|conf|ini|log|yml|env)$/i;

export type PathKind = 'secret' | 'door' | 'script' | 'unasked' | 'page';

/** What kind of path it is; `path` with or without its query. */
export function pathKind(path: string): PathKind {
  const question = path.indexOf('?');
  const bare = (question < 0 ? path : path.slice(0, question)).slice(0, 1024);
  if (secrets.test(bare)) return 'secret';
  if (doors.test(bare)) return 'door';
  if (unasked.test(bare)) return 'unasked';
  return scripts.test(bare) ? 'script' : 'page';
}
